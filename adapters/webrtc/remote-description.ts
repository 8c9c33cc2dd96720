/**
 * A peer's session description, as a browser reads it (RFC 8866), pure. A browser refuses the whole of it for one line: a space at an end, an
 * empty line, an `s=` that is missing, a candidate of a kind that it does not know; and an answered call would be one without audio. So
 * what nothing depends on is left out, and what must stand there stands there. What it says of the audio stays as it is.
 */

const NO_ORIGIN = "o=- 0 0 IN IP4 0.0.0.0";
/** For where the audio goes ICE has better ones. */
const NO_ADDRESS = "c=IN IP4 0.0.0.0";

const origin = /^o=\S+ \d{1,19} \d{1,19} IN IP[46] \S+$/;
const address = /^c=IN (IP4 (\d{1,3}\.){3}\d{1,3}|IP6 [\da-fA-F.]*:[\da-fA-F:.]*)$/;

/** Attributes that a browser takes apart. One that is not of this form it refuses, with all the rest; every other it skips. */
const forms: Readonly<Record<string, RegExp>> = {
  candidate: /^\S+ \d{1,5} (udp|tcp) \d{1,10} \S+ \d{1,5} typ (host|srflx|prflx|relay)( |$)/i,
  fingerprint: /^sha-\d+ [\da-f]{2}(:[\da-f]{2})+$/i,
  rtpmap: /^\d{1,3} [^\s/]+\/\d+(\/\d+)?$/,
  fmtp: /^\d{1,3} \S/,
  ssrc: /^\d{1,10} [\w-]+:\S/,
  extmap: /^([1-9]|[1-9]\d|1\d\d|2[0-4]\d|25[0-5])(\/\w+)? \S/,
  msid: /^\S/,
  setup: /^(active|passive|actpass|holdconn)$/i,
};

/** Those that are about one payload type of the stream. */
const ofPayload = new Set(["rtpmap", "fmtp"]);

type Lines = readonly string[];

const named = (lines: Lines, type: string): Lines => lines.filter((line) => line.startsWith(`${type}=`));

/** `type=value` in each, without the white space that nobody means. */
const linesOf = (sdp: string): Lines =>
  sdp
    .split(/[\r\n\0]+/)
    .map((line) =>
      line
        .trim()
        .replace(/\s+/g, " ")
        .replace(/^(\w)= /, "$1=")
        .replace(/^(a=[\w-]+) ?: ?/, "$1:"),
    )
    .filter((line) => /^[a-z]=./.test(line));

/** @param payloads of the stream; none in the part before the first. */
function attributes(lines: Lines, payloads?: ReadonlySet<string>): Lines {
  const extensions = new Set<string>();
  return named(lines, "a").filter((line) => {
    const [, name = "", value = ""] = /^a=([\w-]+):?(.*)$/.exec(line) ?? [];
    const form = Object.hasOwn(forms, name) ? forms[name] : undefined;
    if (form && !form.test(value)) return false;
    const [first = ""] = value.split(/[ /]/, 1);
    if (name === "candidate" && Number(value.split(" ")[3]) >= 2 ** 32) return false;
    if (name === "extmap") return extensions.size < extensions.add(first).size;
    return !payloads || !ofPayload.has(name) || payloads.has(first);
  });
}

/** The part before the first stream (§5), by what is needed of it. */
const session = (lines: Lines): Lines => [
  "v=0",
  named(lines, "o").find((line) => origin.test(line)) ?? NO_ORIGIN,
  named(lines, "s")[0] ?? "s=-",
  ...addressIn(lines),
  named(lines, "t").find((line) => /^t=\d+ \d+$/.test(line)) ?? "t=0 0",
  ...attributes(lines),
];

/** One that is there and cannot be read is nowhere. */
function addressIn(lines: Lines): Lines {
  const [given] = named(lines, "c");
  return given === undefined ? [] : [address.test(given) ? given : NO_ADDRESS];
}

interface Stream {
  readonly kind: string;
  readonly isLive: boolean;
  readonly lines: Lines;
}

/** @param hasAddress what stands before the streams says one. */
function stream([m = "", ...lines]: Lines, hasAddress: boolean): Stream {
  const [kind = "", port = "", protocol = "", ...formats] = m.slice(2).split(" ");
  const isRtp = /RTP/i.test(protocol);
  // Ports of layers (§5.14), and payload types that RTP has no room for.
  const [first = ""] = port.split("/", 1);
  const known = isRtp ? formats.filter((format) => /^\d{1,3}$/.test(format) && Number(format) < 128) : formats;
  const head = ["m=" + kind.toLowerCase(), first, protocol.toUpperCase(), ...known].join(" ");
  const found = addressIn(lines);
  const connection = found.length > 0 || hasAddress ? found : [NO_ADDRESS];
  const bandwidth = named(lines, "b").filter((line) => /^b=[\w-]+:\d+$/.test(line));
  // A browser speaks to nobody without (RFC 8829 §5.7). Who does not know it loses our reports, and none of the audio.
  const mux = isRtp && !lines.includes("a=rtcp-mux") ? ["a=rtcp-mux"] : [];
  return {
    kind: kind.toLowerCase(),
    isLive: Number(first) > 0,
    lines: [head, ...connection, ...bandwidth, ...attributes(lines, isRtp ? new Set(known) : undefined), ...mux],
  };
}

/** Parted before each stream. */
function partsOf(lines: Lines): readonly Lines[] {
  const starts = lines.flatMap((line, at) => (line.startsWith("m=") ? at : []));
  return [0, ...starts].map((from, part) => lines.slice(from, starts[part]));
}

const midOf = (lines: Lines): string | undefined => lines.find((line) => line.startsWith("a=mid:"))?.slice("a=mid:".length);

function described(sdp: string): { readonly before: Lines; readonly streams: readonly Stream[] } {
  const [first = [], ...rest] = partsOf(linesOf(sdp));
  const before = session(first);
  return { before, streams: rest.map((part) => stream(part, named(first, "c").length > 0)) };
}

const written = (parts: readonly Lines[]): string =>
  parts
    .flat()
    .map((line) => `${line}\r\n`)
    .join("");

/** A peer's offer. */
export function readableOffer(sdp: string): string {
  const { before, streams } = described(sdp);
  return written([before, ...streams.map(({ lines }) => lines)]);
}

/**
 * A peer's answer to `offer`. It has the streams that were offered, in that order (RFC 3264 §6): of those that a gateway adds, most often
 * refused, one that is live takes the place of the one that was offered. By their order they are known, so names that
 * are not ours (RFC 5888 §9.1) go. Who leaves the choice of the DTLS role to whoever offered (RFC 5763 §5 forbids it) waits for us.
 */
export function readableAnswer(sdp: string, offer: string): string {
  const { before, streams } = described(sdp);
  const offered = partsOf(linesOf(offer)).slice(1);
  const left = [...streams];
  const fitting = offered.flatMap(([m = ""]) => {
    const [kind] = m.slice(2).split(" ");
    const same = left.filter((each) => each.kind === kind);
    const taken = same.find(({ isLive }) => isLive) ?? same[0];
    return taken ? left.splice(left.indexOf(taken), 1) : [];
  });
  const chosen = streams.length > offered.length && offered.length > 0 ? fitting : streams;
  const isNamed = chosen.every(({ lines }, at) => [undefined, midOf(offered[at] ?? [])].includes(midOf(lines)));
  const answered = (lines: Lines) =>
    lines
      .filter((line) => isNamed || !/^a=(mid|group):/.test(line))
      .map((line) => (/^a=setup:actpass$/i.test(line) ? "a=setup:passive" : line));
  return written([answered(before), ...chosen.map(({ lines }) => answered(lines))]);
}
