/**
 * Faults under a talk that went well until then, and that no failing call tells of: a carrier that ends each talk at the same length, and one
 * that takes no hold. Of one talk neither says anything: the customer may have hung up, or the customer's phone not know how. So both take
 * several customers in a row on one trunk, and another carrier where the same went well meanwhile.
 */
import type { Entry } from "../journal.ts";
import type { CallBook } from "./call-book.ts";
import type { TalkFault } from "./observations.ts";

export interface TalkNews {
  /** What speaks of its trunk from now on, each once: when there is enough of it, what was before it as well. */
  readonly faults: readonly TalkFault[];
  /** What has just gone well on a trunk. */
  readonly mended?: { readonly how: TalkFault["how"]; readonly trunkId: string };
}

export interface TalkFaults {
  read(entry: Entry): TalkNews;
}

/** So many different customers. */
const enough = 4;
/** A timer ends talks within so many ms; customers who hang up do not agree to the second. */
const sameWithinMs = 1_000;
/** Greetings and wrong numbers are as short as one another, ms. */
const shortestMs = 5_000;
/** So many are remembered. */
const rememberedAtMost = 50;

/** 481: the dialog is gone, which is told apart. 491: both asked at once (RFC 3261 §14.1). */
const isOfMoment = (code: number) => code === 481 || code === 491;

/** What went well on a carrier. */
type Well = { readonly carrier: string; readonly atMs: number } & (
  Pick<Extract<TalkFault, { how: "cut" }>, "how" | "talkedMs"> | { readonly how: "hold" }
);

/** Holds have none, and are all alike. */
const lengthOf = (fault: TalkFault) => (fault.how === "cut" ? fault.talkedMs : 0);

/** The same went well: a hold was taken, a talk was longer by more than so many ms. */
const isProof = (well: Well, fault: TalkFault, byMs: number) =>
  well.how === fault.how && (well.how === "hold" || well.talkedMs > lengthOf(fault) + byMs);

const nothing: TalkNews = { faults: [] };

/** @param book has read each entry before. */
export function createTalkFaults({ carrierOf, numberOf }: CallBook): TalkFaults {
  const talking = new Map<string, string>();
  const suspects: TalkFault[] = [];
  /** Each that was ever suspected: what another carrier does now and then as well is nobody's own. */
  const all: TalkFault[] = [];
  const told = new Set<TalkFault>();
  /** Talks of late, and holds that were taken: what went well, and where. */
  const well: Well[] = [];

  const customers = (faults: readonly TalkFault[]) => new Set(faults.map(({ number }) => number)).size;
  const isLike = (a: TalkFault, b: TalkFault) => a.how === b.how && Math.abs(lengthOf(a) - lengthOf(b)) <= sameWithinMs;

  /** @returns those of its trunk that are like it, where they are enough, and another carrier's were not like them. */
  function rowOf(fault: TalkFault): readonly TalkFault[] {
    const here = suspects.filter((other) => isLike(fault, other) && other.trunkId === fault.trunkId);
    const isElsewhereToo = customers(all.filter((other) => isLike(fault, other) && other.carrier !== fault.carrier)) > 1;
    const isWellElsewhere = well.some(
      (one) => one.carrier !== fault.carrier && one.atMs >= (here[0]?.atMs ?? 0) && isProof(one, fault, sameWithinMs * 2),
    );
    return customers(here) >= enough && !isElsewhereToo && isWellElsewhere ? here : [];
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
    return { faults: tell() };
  }

  /** What it proves wrong is suspected no more. */
  function prove(one: Well, trunkId: string): TalkNews {
    well.push(one);
    if (well.length > rememberedAtMost) well.shift();
    const refuted = suspects.filter((fault) => fault.trunkId === trunkId && isProof(one, fault, sameWithinMs));
    for (const fault of refuted) suspects.splice(suspects.indexOf(fault), 1);
    const wasTold = refuted.filter((fault) => told.delete(fault)).length > 0;
    const faults = tell();
    return wasTold ? { faults, mended: { how: one.how, trunkId } } : { faults };
  }

  function end({ seq, atMs, callId, end: how, talkedMs }: Entry<"call:ended">): TalkNews {
    const [trunkId, number] = [talking.get(callId), numberOf(callId)];
    talking.delete(callId);
    if (trunkId === undefined || talkedMs === undefined) return nothing;
    const carrier = carrierOf(trunkId);
    const lasted = prove({ how: "cut", carrier, atMs, talkedMs }, trunkId);
    if (how !== "hung-up-there" || number === undefined || talkedMs < shortestMs) return lasted;
    const { faults } = suspect({ how: "cut", seq, atMs, trunkId, carrier, callId, number, talkedMs });
    return { ...lasted, faults: [...lasted.faults, ...faults] };
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
