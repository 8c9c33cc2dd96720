/** `linekeeper/mock-trunk/msw`: a mock trunk behind MSW's `ws.link()`, in Node (`setupServer`) or in a page (`setupWorker`). */
import { type WebSocketHandler, ws } from "msw";
import { frameText } from "./frame-text.ts";
import type { MockTrunk } from "./mock-trunk.ts";

/**
 * An MSW handler that is `trunk` at `url`.
 *
 * MSW opens every socket at once, or ends it with a close frame. So here a connection that would be refused, or
 * whose upgrade would be, or that does not offer the subprotocol `sip`, is closed with 1011; one whose upgrade
 * would hang opens and stays mute; a reset is a close with 1011. Where that matters use `linekeeper/mock-trunk/ws`.
 * @param msw the `ws` of another copy of MSW than the one that is found here
 */
export function mswHandler(trunk: MockTrunk, url: string, msw: typeof ws = ws): WebSocketHandler {
  return msw.link(url).addEventListener("connection", ({ client, info }) => {
    const { kind } = trunk.door.admission;
    if (kind === "hang-upgrade") return;
    if (kind !== "admit") return client.close(1011, kind);
    // RFC 7118 §4.1.
    if (![info.protocols].flat().includes("sip")) return client.close(1011, "no subprotocol sip");
    const trunkEnd = trunk.attach({
      send: (text) => client.send(text),
      close: (code, reason) => client.close(code, reason),
    });
    client.addEventListener("message", ({ data }) => trunkEnd.received(frameText(data)));
    client.addEventListener("close", () => trunkEnd.closed());
  });
}
