/**
 * Runs inside a network namespace, and opens there what the test asks for. A socket stays in the namespace that it was
 * opened in, whoever holds it: so the test can have it.
 */
import { createSocket } from "node:dgram";
import { connect } from "node:net";
import { post } from "../interop/http.ts";

export type Wanted =
  | { readonly what: "udp" | "tcp"; readonly address: string; readonly port: number }
  | { readonly what: "post"; readonly url: string; readonly body: string };

/** `id` joins a request and its answer. */
export type Request = Wanted & { readonly id: number };
export interface Response {
  readonly id: number;
  readonly text?: string;
  readonly error?: string;
}

function open(request: Request): void {
  const { id } = request;
  const fail = (error: unknown) => process.send?.({ id, error: String(error) } satisfies Response);
  if (request.what === "post") {
    post(request.url, request.body).then((text) => process.send?.({ id, text } satisfies Response), fail);
  } else if (request.what === "udp") {
    const socket = createSocket("udp4").once("error", fail);
    // Ours must not take what comes for the test.
    socket.bind(request.port, request.address, () => process.send?.({ id } satisfies Response, socket, {}, () => socket.close()));
  } else {
    const socket = connect(request.port, request.address, () => process.send?.({ id } satisfies Response, socket)).once("error", fail);
  }
}

process.on("message", open);
process.send?.({ id: 0 } satisfies Response);
