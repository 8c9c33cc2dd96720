/** Journals written by hand, in the words of those who tell what happened. Two unrelated carriers, `A` and `B`. */
import type { AnswerFact, Entry, Facts, FactType } from "../../src/journal.ts";
import { outcomeOf, silentOutcome, stalledOutcome, swallowedOutcome, type Outcome } from "../../src/outcome.ts";

export interface Story {
  /** Time goes on by so many ms. */
  after(ms: number): Story;
  write<T extends FactType>(type: T, fact: Facts[T]): Story;
  /** The CRM starts, or starts again; the stages pass unless told otherwise. */
  boots(run: number, ...stages: ("passes" | "fails" | "fails-500" | "hangs")[]): Story;
  /** The CRM sets these trunks otherwise, one field of each. */
  sets(trunkIds: readonly string[], what?: string): Story;
  /** Sockets open and registrations are confirmed. */
  connects(...trunkIds: string[]): Story;
  /** The socket is gone; `code` as the browser tells it. */
  loses(trunkId: string, end?: Facts["flow:changed"]["end"]): Story;
  /** OPTIONS is answered. */
  proves(...trunkIds: string[]): Story;
  /** One call, with what became of it on each trunk in turn. */
  calls(route: string, ...tries: readonly (readonly [trunkId: string, end: CallEnd])[]): Story;
  /** The same to a customer who may have been called before. */
  dials(number: string, route: string, ...tries: readonly (readonly [trunkId: string, end: CallEnd])[]): Story;
  /** The same a number of times. */
  repeats(times: number, part: (story: Story, time: number) => Story): Story;
  readonly nowMs: number;
  readonly entries: readonly Entry[];
}

/** What becomes of an INVITE: a word, or what the peer answered, perhaps after it had said that a phone rings or had played a voice. */
export type CallEnd = "answered" | "swallowed" | "edge-silent" | "stalled" | (Omit<AnswerFact, "said"> & { readonly after?: 180 | 183 });

/** `SA` and `SB` lead to the site's own border controller. */
const carriers: Readonly<Record<string, string>> = { A: "Carrier A", A2: "Carrier A", B: "Carrier B", SA: "Carrier A", SB: "Carrier B" };
const hostOf = (id: string) => (id.startsWith("S") ? "sbc.example" : `${id}.example`);

/** @param trunkIds the session's trunks. */
export function story(...trunkIds: readonly string[]): Story {
  const trunks = trunkIds.map((id) => ({ id, carrier: carriers[id] ?? id, host: hostOf(id) }));
  const entries: Entry[] = [];
  let nowMs = 0;
  let calls = 0;

  function write<T extends FactType>(type: T, fact: Facts[T]): Story {
    entries.push({ seq: entries.length, atMs: nowMs, type, ...fact } as unknown as Entry);
    return told;
  }

  function after(ms: number): Story {
    nowMs += ms;
    return told;
  }

  function attempt(of: { callId: string; attempt: number; trunkId: string; route: string }, end: CallEnd): Outcome | undefined {
    write("attempt:started", of);
    write("attempt:sent", { ...of, sipCallId: `${of.callId}-${of.attempt}`, fromTag: "t" });
    const over = (outcome: Outcome, answer?: AnswerFact) => {
      write("attempt:ended", { ...of, outcome, tookMs: 0, ...(answer && { answer }) });
      return outcome;
    };
    const peer = (code: number): AnswerFact => ({ code, said: "peer" });
    if (end === "swallowed" || end === "edge-silent") {
      after(700).write("attempt:overdue", { ...of, awaited: "any-answer", waitedMs: 700, edgeAlive: end === "swallowed" });
      return over(end === "swallowed" ? swallowedOutcome : silentOutcome);
    }
    after(60).write("attempt:progressed", { ...of, answer: peer(100), tookMs: 60 });
    if (end === "stalled") {
      after(11_000).write("attempt:overdue", { ...of, awaited: "ringing", waitedMs: 11_000, edgeAlive: "unknown" });
      return over(stalledOutcome);
    }
    if (end !== "answered") {
      const { after: heard, ...said } = end;
      const answer: AnswerFact = { ...said, said: "peer" };
      if (heard) after(500).write("attempt:progressed", { ...of, answer: peer(heard), tookMs: 560 });
      return over(outcomeOf(answer, heard ? "alerting" : "trying"), answer);
    }
    after(500).write("attempt:progressed", { ...of, answer: peer(180), tookMs: 560 });
    after(2_000).write("attempt:answered", { ...of, answer: peer(200), tookMs: 560 });
    return undefined;
  }

  const told: Story = {
    after,
    write,
    boots(run, ...stages) {
      write("boot:started", { run });
      stages.forEach((end, index) => {
        const of = { stage: `stage-${index + 1}`, run, attempt: 1 };
        write("stage:started", { ...of, critical: true });
        if (end === "hangs") after(500).write("stage:stalled", { ...of, waitedMs: 500 });
        after(200);
        if (end === "passes") return void write("stage:passed", { ...of, tookMs: 200 });
        const fault =
          end === "hangs"
            ? { kind: "overdue" as const }
            : { kind: "threw" as const, name: "Error", ...(end === "fails-500" && { httpStatus: 500 }) };
        write("stage:failed", { ...of, tookMs: 200, critical: true, fault, final: true });
      });
      return stages.every((end) => end === "passes") ? write("boot:completed", { run, tookMs: 200 * stages.length }) : told;
    },
    connects(...ids) {
      for (const trunkId of ids) {
        write("flow:changed", { trunkId, from: "closed", to: "connecting", tookMs: 0 });
        after(50).write("flow:changed", { trunkId, from: "connecting", to: "open", tookMs: 50 });
        write("registration:changed", { trunkId, from: "none", to: "registering" });
        after(50).write("registration:changed", {
          trunkId,
          from: "registering",
          to: "registered",
          answer: { code: 200, said: "peer" },
          tookMs: 50,
          expiresS: 600,
        });
      }
      return told;
    },
    loses(trunkId, end = { wasOpen: true, code: 1006, clean: false }) {
      write("registration:changed", { trunkId, from: "registered", to: "none" });
      return write("flow:changed", { trunkId, from: end.wasOpen ? "open" : "connecting", to: "waiting", tookMs: 0, end });
    },
    sets: (ids, what = "callerId") =>
      write("trunks:changed", { settings: 2, trunks, added: [], removed: [], changed: ids.map((id) => ({ id, what: [what] })) }),
    proves(...ids) {
      for (const trunkId of ids) write("probe:answered", { trunkId, method: "OPTIONS", rttMs: 40, answer: { code: 200, said: "peer" } });
      return told;
    },
    calls: (route, ...tries) => told.dials(`n${calls + 1}`, route, ...tries),
    dials(number, route, ...tries) {
      const callId = `c${++calls}`;
      write("call:placed", { callId, party: { route, alias: number, tail: "01" } });
      let outcome: Outcome | undefined;
      tries.forEach(([trunkId, end], index) => {
        const from = tries[index - 1]?.[0];
        if (from !== undefined) write("call:failed-over", { callId, from, to: trunkId, because: "answer" });
        outcome = attempt({ callId, attempt: index + 1, trunkId, route }, end);
      });
      if (!outcome) {
        write("call:answered", { callId, trunkId: tries.at(-1)?.[0] ?? "", setupMs: 600 });
        return after(3_000).write("call:ended", { callId, end: "hung-up-here", possibleDuplicate: false, talkedMs: 3_000 });
      }
      return write("call:ended", {
        callId,
        end: outcome.class === "callee" ? "callee-refused" : "failed",
        outcome,
        possibleDuplicate: false,
      });
    },
    repeats(times, part) {
      for (let time = 0; time < times; time++) part(told, time);
      return told;
    },
    get nowMs() {
      return nowMs;
    },
    entries,
  };
  write("session:started", {
    dateMs: Date.UTC(2026, 0, 1),
    environment: { sdk: "0", crm: { vendor: "Test CRM" }, runtime: "test" },
    trunks,
  });
  return told;
}

/** A morning on which all is well: the CRM has come up, the trunks are registered, calls go out on both routes. */
export const wellBegun = (...trunkIds: readonly string[]): Story =>
  story(...trunkIds)
    .boots(1, "passes", "passes")
    .connects(...trunkIds)
    .after(5_000)
    .calls("local", [trunkIds[0] ?? "A", "answered"])
    .after(5_000)
    .calls("international", [trunkIds[0] ?? "A", "answered"])
    .after(30_000);
