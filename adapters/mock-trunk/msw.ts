/** `linekeeper/mock-trunk/msw`: a mock trunk behind MSW's `ws.link()`, in Node (`setupServer`) or in a page (`setupWorker`). */
import { ws, type WebSocketHandler } from "msw";
import type { MockTrunk } from "./mock-trunk.ts";

/**
 * An MSW handler that answers WebSockets to `url` as `trunk`.
 *
 * MSW cannot refuse or delay the opening of a socket and always closes with a close frame: socket faults come
 * as a close with 1011 right after the opening. Where they matter use `linekeeper/mock-trunk/ws`.
 */
export function mswHandler(trunk: MockTrunk, url: string): WebSocketHandler {
  return ws.link(url).addEventListener("connection", ({ client }) => {
    if (trunk.admission().kind !== "admit") return client.close(1011, "refused");
    const events = trunk.attach({
      send: (text) => client.send(text),
      close: (code, reason) => client.close(code, reason),
      reset: () => client.close(1011, "reset"),
    });
    client.addEventListener("message", ({ data }) => typeof data === "string" && events.received(data));
    client.addEventListener("close", () => events.closed());
  });
}
