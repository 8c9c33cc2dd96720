/**
 * Reads a hold as it was written before RFC 3264: a connection address of 0.0.0.0 on a stream that has a port asks not to be sent
 * anything (§8.4). A browser does not look at that address, for ICE has better ones; so it is said by the direction.
 *
 * With port 9 it is no hold, but an offer whose candidates are yet to come (RFC 8840 §4.3.1).
 */
export function withOldHold(sdp: string): string {
  const [session = "", ...media] = sdp.split(/(?=^m=)/m);
  const isNowhere = (part: string) => /^c=IN IP4 0\.0\.0\.0\s*$/m.test(part);
  const read = (stream: string) => {
    const port = /^m=\S+ (\d+)/.exec(stream)?.[1];
    const isHeld = /^c=/m.test(stream) ? isNowhere(stream) : isNowhere(session);
    if (!isHeld || port === "0" || port === "9") return stream;
    const direction = /^a=(sendrecv|sendonly|recvonly|inactive)\s*$/m.exec(stream)?.[1] ?? directionIn(session);
    const held = direction === "sendrecv" || direction === "sendonly" ? "sendonly" : "inactive";
    const rest = stream.replace(/^a=(sendrecv|sendonly|recvonly|inactive)\r?\n/gm, "");
    return `${rest.endsWith("\n") ? rest : `${rest}\r\n`}a=${held}\r\n`;
  };
  return [session, ...media.map(read)].join("");
}

/** Sent and received is the default (RFC 8866 §6.7). */
const directionIn = (session: string) => /^a=(sendrecv|sendonly|recvonly|inactive)\s*$/m.exec(session)?.[1] ?? "sendrecv";
