/** A softphone on a WebSocket of any kind. */
import { vi } from "vitest";
import { RawSipClient } from "../../support/raw-sip-client.ts";

export interface Socketed {
  readonly client: RawSipClient;
  readonly socket: WebSocket;
  /** What happened to the socket, messages left out: `open`, `error`, `close 1006 unclean`. */
  readonly told: readonly string[];
  /** Resolves when the last thing told is `last`. */
  until(last: string): Promise<void>;
  /** Resolves when an OPTIONS was answered: all that was sent before has arrived. */
  roundTrip(): Promise<void>;
}

export function socketed(Socket: typeof WebSocket, url: string): Socketed {
  const socket = new Socket(url, "sip");
  const told: string[] = [];
  const client = new RawSipClient((text) => socket.send(text));
  socket.addEventListener("open", () => told.push("open"));
  socket.addEventListener("error", () => told.push("error"));
  socket.addEventListener("close", ({ code, wasClean }) => told.push(`close ${code} ${wasClean ? "clean" : "unclean"}`));
  socket.addEventListener("message", ({ data }) => client.received(String(data)));
  const until = (last: string) =>
    vi.waitFor(
      () => {
        if (told.at(-1) !== last) throw new Error(`told: ${told.join(", ") || "nothing"}; not ${last}`);
      },
      { interval: 2, timeout: 5_000 },
    );
  return {
    client,
    socket,
    told,
    until,
    async roundTrip() {
      const request = client.options();
      await vi.waitFor(
        () => {
          if (client.codes(request).length === 0) throw new Error("OPTIONS was not answered");
        },
        { interval: 2, timeout: 5_000 },
      );
    },
  };
}
