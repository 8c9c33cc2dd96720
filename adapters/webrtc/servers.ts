/** What a browser takes as a STUN or TURN server, whoever gives it: the settings, or a source for each call. */
import { refuse, show, type Check } from "../../src/checks.ts";

/** RFC 7064 §3.1, RFC 7065 §3.1: only TURN has a query, and a `//` is none of either. */
const iceUrl = /^(?:stuns?:[^\s/?#]+|turns?:[^\s/?#]+(?:\?transport=(?:udp|tcp))?)$/i;
const isTurn = (url: unknown) => /^turns?:/i.test(String(url));
const urlsOf = (server: unknown): readonly unknown[] => [(Object(server) as { readonly urls?: unknown }).urls].flat();
export const hasTurn = (servers: readonly unknown[]): boolean => servers.flatMap(urlsOf).some(isTurn);

/** What `RTCPeerConnection` would throw for, once a call needs it. Nothing of the credentials is shown. */
export const checkIceServer: Check = (at, server) => {
  const all = urlsOf(server);
  const wrong = all.findIndex((url) => typeof url !== "string" || !iceUrl.test(url));
  if (all.length === 0 || wrong >= 0) refuse(`${at}.urls`, `must be URLs such as "stun:stun.example.com", not ${show(all[wrong])}`);
  if (!all.some(isTurn)) return;
  const { username, credential } = server as RTCIceServer;
  for (const [key, value] of Object.entries({ username, credential }))
    if (typeof value !== "string" || value === "") refuse(`${at}.${key}`, "must be a text that is not empty: a TURN server asks for it");
};
