/** Where an edge is reached, where the CRM gives the URL at each connection: asked in time, and checked as the configuration is. */
import { within, type Clock } from "../clock.ts";
import { serverProblem } from "../settings.ts";
import { isSecurePage } from "../host.ts";
import type { ServerSource } from "../ports/sip-account.ts";

/**
 * Asks for the URL. It may hold a token: nothing of it is told, not even where it is bad.
 * @throws what the source throws; TimeoutError when it takes longer than `withinMs`; TypeError for what is no URL of an edge; the
 * signal's reason.
 */
export async function serverFrom(
  source: ServerSource,
  trunkId: string,
  { clock, withinMs, signal }: { readonly clock: Clock; readonly withinMs: number; readonly signal: AbortSignal },
): Promise<string> {
  const ask = async () => source({ trunkId });
  const server = await within(clock, ask(), withinMs, signal);
  if (serverProblem(server, isSecurePage()) !== undefined) throw new TypeError("the source gave no URL of an edge");
  return server;
}
