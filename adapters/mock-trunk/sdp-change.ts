/** How a phone's SDP changes when it holds, resumes or moves (RFC 3264 §8). */
import type { HoldStyle } from "./dialects/dialect.ts";

const direction = /^a=(?:sendrecv|sendonly|recvonly|inactive)\r?\n/gm;

/** Each offer that differs is a version further (§8); what another wrote and numbered lower is raised. */
export function succeeding(before: string, next: string): string {
  const versionOf = (sdp: string) => Number(/^o=\S+ \S+ (\d+)/m.exec(sdp)?.[1] ?? 0);
  const version = versionOf(before);
  if (before === "" || before === next || versionOf(next) > version) return next;
  return next.replace(/^(o=\S+ \S+) \d+/m, `$1 ${version + 1}`);
}

const directed = (sdp: string, way: string) => sdp.replace(direction, "").replace(/^(m=.*\r\n(?:c=.*\r\n)?)/gm, `$1a=${way}\r\n`);

const at = (sdp: string, address: string) => sdp.replace(/^c=IN IP4 \S+/gm, `c=IN IP4 ${address}`);

export function heldSdp(local: string, style: HoldStyle): string {
  const held = style === "zero-address" ? at(directed(local, "sendonly"), "0.0.0.0") : directed(local, style);
  if (style !== "zero-address") return succeeding(local, held);
  // With port 9 that address is no hold, but says that candidates are yet to come (RFC 8840 §4.3.1).
  return succeeding(local, held.replace(direction, "").replace(/^m=(\S+) 9 /gm, "m=$1 40000 "));
}

/** Whoever wrote it wants to hear nothing: a hold (§8.4). */
export const isHold = (sdp: string) => /^a=(?:sendonly|inactive)\r?$/m.test(sdp);

/** The answer of a phone that holds the call meanwhile. */
export const heldAnswer = (answer: string, offer: string) => directed(answer, isHold(offer) ? "inactive" : "sendonly");

export const resumedSdp = (local: string) => succeeding(local, at(directed(local, "sendrecv"), "192.0.2.1"));

export const movedSdp = (local: string) => succeeding(local, at(local, "192.0.2.2").replace(/^m=(\S+) \d+/gm, "m=$1 40002"));
