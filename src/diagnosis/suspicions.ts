/** What is wrong that only many calls together tell: each of them was told as somebody else's affair. */
import type { Entry } from "../journal.ts";
import { createAllAway } from "./all-away.ts";
import type { CallBook } from "./call-book.ts";
import { createContradictedAnswers } from "./contradicted-answers.ts";
import { createHiddenCaller } from "./hidden-caller.ts";
import type { Beginning, Change, Trouble } from "./open-impairments.ts";
import type { End, StreakNews } from "./streaks.ts";
import { createTalkFaults } from "./talk-faults.ts";
import { createUnblamedEnds } from "./unblamed-ends.ts";
import { createVainRings } from "./vain-rings.ts";

/** What begins to be wrong, with the call that met it, and what is no longer. */
interface Suspicion {
  readonly mended: readonly Trouble[];
  readonly told: readonly { readonly trouble: Trouble; readonly at: Beginning; readonly change: Change }[];
}

/** One for each way in which many calls tell what none of them does. @param book has read each entry before. */
export function suspicionsOf(book: CallBook): readonly ((entry: Entry) => Suspicion)[] {
  const unblamed = createUnblamedEnds(book);
  const contradicted = createContradictedAnswers(book);
  const talks = createTalkFaults(book);
  const lost = ({ callId: lostCall }: { readonly callId: string }) => ({ lostCall });
  const ofStreak =
    ({ read }: { read(entry: Entry): StreakNews }, troubleOf: (way: Pick<End, "trunkId" | "route">) => Trouble) =>
    (entry: Entry): Suspicion => {
      const { ends, mended } = read(entry);
      return { mended: mended ? [troubleOf(mended)] : [], told: ends.map((at) => ({ trouble: troubleOf(at), at, change: lost(at) })) };
    };
  return [
    (entry) => ({
      mended: [],
      told: unblamed.read(entry).map((at) => ({
        trouble: ["route", at.trunkId, at.route],
        at,
        change: unblamed.wasSaved(at.callId) ? { savedCall: at.callId } : lost(at),
      })),
    }),
    (entry) => ({
      mended: [],
      told: contradicted.read(entry).map((at) => ({ trouble: ["route", at.trunkId, at.route], at, change: lost(at) })),
    }),
    ofStreak(createVainRings(book), ({ trunkId, route }) => ["vain", trunkId, route]),
    ofStreak(createAllAway(book), ({ trunkId, route }) => ["away", trunkId, route]),
    ofStreak(createHiddenCaller(book), ({ trunkId }) => ["hidden", trunkId]),
    (entry) => {
      const { faults, mended } = talks.read(entry);
      return {
        mended: mended.map(({ how, trunkId }) => [how, trunkId] as const),
        told: faults.map((at) => ({
          trouble: [at.how, at.trunkId],
          at,
          change: at.how === "hold" ? { savedCall: at.callId } : lost(at),
        })),
      };
    },
  ];
}
