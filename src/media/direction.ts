/** Which way the audio of a session description goes (RFC 3264 §6.1, §8.4; RFC 8866 §6.7), pure. */

/** Seen from whoever wrote the description. */
export type Direction = "sendrecv" | "sendonly" | "recvonly" | "inactive";

const attribute = /^a=(sendrecv|sendonly|recvonly|inactive)[ \t]*(?:\r?\n|$)/gm;

const directionIn = (part: string): Direction | undefined => [...part.matchAll(attribute)][0]?.[1] as Direction | undefined;

/** The part before the first stream, and each stream. */
const partsOf = (sdp: string): readonly [string, readonly string[]] => {
  const [session = "", ...streams] = sdp.split(/(?=^m=)/m);
  return [session, streams];
};

const setDirection = (stream: string, direction: Direction): string => {
  const rest = stream.replace(attribute, "");
  return `${rest}${rest.endsWith("\n") ? "" : "\r\n"}a=${direction}\r\n`;
};

const isAudio = (stream: string) => stream.startsWith("m=audio");

/** Of the first audio stream; sent and received where nothing is said. */
export function directionOf(sdp: string): Direction {
  const [session, streams] = partsOf(sdp);
  return directionIn(streams.find(isAudio) ?? "") ?? directionIn(session) ?? "sendrecv";
}

/**
 * Says by the direction what was said by an address of 0.0.0.0 before RFC 3264: send me nothing (§8.4). A browser does not look at
 * that address, for ICE has better ones. With port 9 it is no hold, but a description whose candidates are yet to come
 * (RFC 8840 §4.3.1).
 */
export function withoutOldHold(sdp: string): string {
  const [session, streams] = partsOf(sdp);
  const isNowhere = (part: string) => /^c=IN IP4 0\.0\.0\.0\s*$/m.test(part);
  const read = (stream: string) => {
    const port = /^m=\S+ (\d+)/.exec(stream)?.[1];
    if (port === "0" || port === "9" || !isNowhere(/^c=/m.test(stream) ? stream : session)) return stream;
    const direction = directionIn(stream) ?? directionIn(session) ?? "sendrecv";
    return setDirection(stream, direction.startsWith("send") ? "sendonly" : "inactive");
  };
  return [session, ...streams.map(read)].join("");
}

/** What the other side of an offer may say at most (RFC 3264 §6.1). */
const facing: Readonly<Record<Direction, Direction>> = {
  sendrecv: "sendrecv",
  sendonly: "recvonly",
  recvonly: "sendonly",
  inactive: "inactive",
};

const directions: readonly Direction[] = ["sendrecv", "sendonly", "recvonly", "inactive"];

/** Whoever says `direction` sends (`send`), or listens (`recv`). */
export const does = (direction: Direction, what: "send" | "recv"): boolean => direction === "sendrecv" || direction === `${what}only`;

/** `sdp`, its audio going no way that `limit` does not. */
export function narrowed(sdp: string, limit: Direction): string {
  const given = directionOf(sdp);
  const both = (what: "send" | "recv") => does(given, what) && does(limit, what);
  const direction = directions.find((each) => does(each, "send") === both("send") && does(each, "recv") === both("recv")) ?? "inactive";
  if (direction === given) return sdp;
  const [session, streams] = partsOf(sdp);
  return [session, ...streams.map((stream) => (isAudio(stream) ? setDirection(stream, direction) : stream))].join("");
}

/** `answer`, its audio going no way that `offer` does not allow: an answer that asks for more is none. */
export const fittedTo = (offer: string, answer: string): string => narrowed(answer, facing[directionOf(offer)]);
