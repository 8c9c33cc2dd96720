/** What test/corpus/browser has a real browser do: one agent at work in a page, on real sockets and real audio; and the customers' phones, in another page. */
import { createLinekeeper, type Entry, type Linekeeper } from "linekeeper";
import { browserNetwork } from "linekeeper/network";
import { sipjs } from "linekeeper/sipjs";
import { webrtc } from "linekeeper/webrtc";
import { answererOf, pass } from "./audio.ts";

export interface Plan {
  readonly trunks: readonly { readonly id: string; readonly server: string }[];
  /** What the CRM loads as it starts, one after the other: paths by stage. A path that ends in `.js` is a module of its. */
  readonly stages: Readonly<Record<string, string>>;
  /** It starts once more after so many calls. Default: not. */
  readonly restartsAfter?: number;
  readonly calls: readonly PlannedCall[];
  /** The customers are heard in a frame of their own: what a browser lets no page play before a click, it lets one play that hears a microphone. */
  readonly playsInFrame?: boolean;
}

export interface PlannedCall {
  readonly number: string;
  /** The agent's rest before it. */
  readonly afterMs: number;
  readonly talkMs: number;
}

/** How long an agent lets it ring. */
const patienceMs = 5_000;

let line: Linekeeper;

/** What the page says when the shift is over. */
export const over = "The shift is over.";

/** The whole shift, as the page itself plays it: whatever is run from outside counts as a click. */
export async function begin({ trunks, stages, restartsAfter, calls, playsInFrame = false }: Plan): Promise<void> {
  line = createLinekeeper({
    crm: { vendor: "Corpus CRM", version: "1.0", site: "office" },
    country: "216",
    trunks: trunks.map(({ id, server }) => ({
      ...{ id, carrier: `Carrier ${id}`, server, aor: `sip:agent7@${id.toLowerCase()}.example` },
      credentials: { password: "not-in-any-journal" },
    })),
    stack: sipjs(),
    media: webrtc(playsInFrame ? { remoteAudio: audioInFrame() } : {}),
    network: browserNetwork(),
    controls: { crm: ({ signal }) => load("/health", signal) },
  });
  void line.start();
  await boot(stages);
  for (const [index, call] of calls.entries()) {
    await pass(call.afterMs);
    if (index === restartsAfter) {
      line.boot.restart();
      await boot(stages);
    }
    await dial(call);
  }
  await pass(1_000);
  await line.close();
  console.log(over);
}

export const journal = (): readonly Entry[] => line.journal;

function audioInFrame(): HTMLAudioElement {
  const frame = document.body.appendChild(document.createElement("iframe"));
  const audio = (frame.contentDocument ?? document).createElement("audio");
  audio.autoplay = true;
  return audio;
}

async function boot(stages: Plan["stages"]): Promise<void> {
  for (const [name, path] of Object.entries(stages))
    await line.boot.stage(name, ({ signal }) => load(path, signal), { timeoutMs: 8_000 }).catch(() => {});
}

async function load(path: string, signal: AbortSignal): Promise<void> {
  if (path.endsWith(".js")) return void (await import(new URL(path, location.href).href));
  const { ok, status } = await fetch(path, { signal });
  if (!ok) throw Object.assign(new Error(`HTTP ${status}`), { name: "HttpError", status });
}

/** Ends the call as people do. */
async function dial({ number, talkMs }: PlannedCall): Promise<void> {
  const call = line.call(number);
  const answered = new Promise<boolean>((resolve) => call.on("answered", () => resolve(true)));
  call.on("choice-needed", () => call.redial());
  if (await Promise.race([answered, call.ended.then(() => false), pass(patienceMs).then(() => false)]))
    await Promise.race([call.ended, pass(talkMs)]);
  call.hangUp();
  await call.ended;
}

// ── The customers' phones ─────────────────────────────────────────────────────────────────────────

const phones = new Map<number, RTCPeerConnection>();
let last = 0;

/** A customer's phone answers `offer`. @param isMute not a packet comes from it. @returns its number, and what it answers. */
export async function answer(offer: string, isMute: boolean) {
  const { connection, sdp } = await answererOf(offer);
  phones.set(++last, connection);
  if (isMute) await silence();
  return { id: last, sdp };
}

/** From now on not a packet comes from any that is in a call. */
export async function silence(): Promise<void> {
  for (const phone of phones.values()) for (const sender of phone.getSenders()) await sender.replaceTrack(null);
}

export function hangUp(id: number): void {
  phones.get(id)?.close();
  phones.delete(id);
}
