/**
 * Faults under a talk that went well until then, and that no failing call tells of: a carrier that ends each talk at the same length, one whose
 * network ends them by its own word, and one that takes no hold. Of one talk none says anything: the customer may have hung up, the customer's
 * own network have failed, or the customer's phone not know how. So all take several customers in a row on one trunk, and another carrier
 * where the same went well meanwhile.
 */
import type { Entry } from "../journal.ts";
import type { EndReason } from "../ports/sip-answer.ts";
import type { CallBook } from "./call-book.ts";
import { isNetworksEnd } from "../causes.ts";
import type { TalkFault } from "./observations.ts";

export interface TalkNews {
  /** What speaks of its trunk from now on, each once: when there is enough of it, what was before it as well. */
  readonly faults: readonly TalkFault[];
  /** What has just gone well on a trunk. */
  readonly mended: readonly { readonly how: TalkFault["how"]; readonly trunkId: string }[];
}

export interface TalkFaults {
  read(entry: Entry): TalkNews;
}

/** So many different customers: fewer where the network says itself that it was no customer. */
const enough = { cut: 4, hold: 4, ended: 2 } as const satisfies Record<TalkFault["how"], number>;
/** So near to one another, ms: now and then a customer's own network fails on every carrier. */
const endedWithinMs = 30 * 60_000;
/** A timer ends talks within so many ms; customers who hang up do not agree to the second. */
const sameWithinMs = 1_000;
/** Greetings and wrong numbers are as short as one another, ms. */
const shortestMs = 5_000;
/** So many are remembered. */
const rememberedAtMost = 50;

/** 481: the dialog is gone, which is told apart. 491: both asked at once (RFC 3261 §14.1). */
const isOfMoment = (code: number) => code === 481 || code === 491;

/** What the network gave as its reason: the cause, where that says more. */
const wordOf = ({ q850, sip }: EndReason) => (q850 && q850.value !== 31 ? { cause: q850.value } : sip === undefined ? {} : { code: sip });

/** What went well on a carrier. */
type Well = { readonly carrier: string; readonly atMs: number } & (
  Pick<Extract<TalkFault, { how: "cut" }>, "how" | "talkedMs"> | { readonly how: "hold" | "ended" }
);

/** The others have none, and are all alike. */
const lengthOf = (fault: TalkFault) => (fault.how === "cut" ? fault.talkedMs : 0);

/** The same went well: a hold was taken, no network ended a talk, one was longer by more than so many ms. */
const isProof = (well: Well, fault: TalkFault, byMs: number) =>
  well.how === fault.how && (well.how !== "cut" || well.talkedMs > lengthOf(fault) + byMs);

const nothing: TalkNews = { faults: [], mended: [] };

/** @param book has read each entry before. */
export function createTalkFaults({ carrierOf, numberOf }: CallBook): TalkFaults {
  const talking = new Map<string, string>();
  /** Calls that the carrier may have lost sight of, or of sound: what it then says of their end may be what it missed of our side. */
  const unclear = new Set<string>();
  const suspects: TalkFault[] = [];
  /** Each that was ever suspected: what another carrier does now and then as well is nobody's own. */
  const all: TalkFault[] = [];
  const told = new Set<TalkFault>();
  /** Talks of late, and holds that were taken: what went well, and where. */
  const well: Well[] = [];

  const customers = (faults: readonly TalkFault[]) => new Set(faults.map(({ number }) => number)).size;
  const isLike = (a: TalkFault, b: TalkFault) =>
    a.how === b.how &&
    Math.abs(lengthOf(a) - lengthOf(b)) <= sameWithinMs &&
    (a.how !== "ended" || Math.abs(a.atMs - b.atMs) <= endedWithinMs);

  /** @returns those of its trunk that are like it, where they are enough, and another carrier's were not like them. */
  function rowOf(fault: TalkFault): readonly TalkFault[] {
    const here = suspects.filter((other) => isLike(fault, other) && other.trunkId === fault.trunkId);
    const elsewhere = customers(all.filter((other) => isLike(fault, other) && other.carrier !== fault.carrier));
    const isWellElsewhere = well.some(
      (one) => one.carrier !== fault.carrier && one.atMs >= (here[0]?.atMs ?? 0) && isProof(one, fault, sameWithinMs * 2),
    );
    const needed = enough[fault.how];
    return customers(here) >= needed && elsewhere < needed / 2 && isWellElsewhere ? here : [];
  }

  function tell(): readonly TalkFault[] {
    const news = [...new Set(suspects.flatMap(rowOf))].filter((fault) => !told.has(fault));
    for (const fault of news) told.add(fault);
    return news;
  }

  function suspect(fault: TalkFault): TalkNews {
    suspects.push(fault);
    all.push(fault);
    if (all.length > rememberedAtMost) all.shift();
    if (suspects.length > rememberedAtMost) suspects.splice(0, 1).forEach((oldest) => told.delete(oldest));
    return { faults: tell(), mended: [] };
  }

  /** What it proves wrong is suspected no more. */
  function prove(one: Well, trunkId: string): TalkNews {
    well.push(one);
    if (well.length > rememberedAtMost) well.shift();
    const refuted = suspects.filter((fault) => fault.trunkId === trunkId && isProof(one, fault, sameWithinMs));
    for (const fault of refuted) suspects.splice(suspects.indexOf(fault), 1);
    const wasTold = refuted.filter((fault) => told.delete(fault)).length > 0;
    return { faults: tell(), mended: wasTold ? [{ how: one.how, trunkId }] : [] };
  }

  function end({ seq, atMs, callId, end: how, talkedMs, reason }: Entry<"call:ended">): TalkNews {
    const [trunkId, number] = [talking.get(callId), numberOf(callId)];
    const isUnclear = unclear.delete(callId) || reason?.mediaTimeout === true;
    talking.delete(callId);
    if (trunkId === undefined || talkedMs === undefined) return nothing;
    const carrier = carrierOf(trunkId);
    const news = [prove({ how: "cut", carrier, atMs, talkedMs }, trunkId)];
    const of = { seq, atMs, trunkId, carrier, callId, number: number ?? "" };
    const isByNetwork = reason !== undefined && isNetworksEnd(reason);
    const isCounted = number !== undefined && talkedMs >= shortestMs;
    if (how === "hung-up-there" && isCounted) news.push(suspect({ ...of, how: "cut", talkedMs }));
    if (how === "hung-up-there" && isByNetwork && !isUnclear && number !== undefined)
      news.push(suspect({ ...of, how: "ended", ...wordOf(reason) }));
    if (how !== "flow-lost" && !isByNetwork && !isUnclear && isCounted) news.push(prove({ how: "ended", carrier, atMs }, trunkId));
    return { faults: news.flatMap(({ faults }) => faults), mended: news.flatMap(({ mended }) => mended) };
  }

  return {
    read(entry) {
      switch (entry.type) {
        case "call:resumed":
        case "call:answered":
          talking.set(entry.callId, entry.trunkId);
          return nothing;
        case "call:held": {
          const { atMs, trunkId, held } = entry;
          if (held !== "here" && held !== "both") return nothing;
          return prove({ how: "hold", carrier: carrierOf(trunkId), atMs }, trunkId);
        }
        case "audio:lost":
          unclear.add(entry.callId);
          return nothing;
        case "audio:restored":
          unclear.delete(entry.callId);
          return nothing;
        case "flow:changed":
          if (entry.to !== "open") for (const [callId, trunkId] of talking) if (trunkId === entry.trunkId) unclear.add(callId);
          return nothing;
        case "dialog:refreshed":
          if (entry.answer.code < 300) unclear.delete(entry.callId);
          return nothing;
        case "hold:refused": {
          const { seq, atMs, callId, trunkId, answer } = entry;
          const number = numberOf(callId);
          if (entry.wished !== "hold" || answer?.said !== "peer" || isOfMoment(answer.code) || number === undefined) return nothing;
          return suspect({ how: "hold", seq, atMs, trunkId, carrier: carrierOf(trunkId), callId, number, code: answer.code });
        }
        case "call:ended":
          return end(entry);
        default:
          return nothing;
      }
    },
  };
}
