/** Who refused the account, and who takes it all the same. */
import { refusedByTurns, strangersSinceGoodbye } from "./account-turns.ts";
import { cite, type Detector } from "./cite.ts";
import type { AttemptSeen, Observations, TrunkSeen } from "./observations.ts";
import { isOfAccount, isUnchanged } from "./questions.ts";

type Refusal = TrunkSeen["refusals"][number];

const isStale = ({ askedAgain }: Pick<Refusal, "askedAgain">) => askedAgain === "stale-nonce";

/** Refused calls up to the last before which the registrar had taken the account anew: it is the same, and nothing had changed. */
function takenMeanwhile(calls: readonly AttemptSeen[]): readonly AttemptSeen[] {
  const alike = calls.filter(({ askedAgain }) => askedAgain === "registrars-account");
  const firstMs = alike[0]?.atMs ?? Infinity;
  return alike.slice(0, alike.findLastIndex(({ registeredMs = -Infinity }) => registeredMs > firstMs) + 1);
}

/** So soon nobody has made an account anew that was missing, ms. */
const takenBackMs = 60_000;

/**
 * All of a user whom the registrar does not know (404), where it takes them again and then does not know them once more, or takes them a moment
 * before and after, with nothing changed between: that is not of what was sent. Credentials that are refused by turns may be tokens, of which each
 * runs out.
 */
function unknownByTurns(seen: Observations, { id, boundMs, refusals }: TrunkSeen): readonly Refusal[] {
  const unknown = refusals.filter(({ code }) => code === 404);
  const isAgain = ({ atMs }: Refusal) => {
    const takenMs = boundMs.findLast((ms) => ms < atMs) ?? -Infinity;
    const last = unknown.findLast((refusal) => refusal.atMs < takenMs);
    return last !== undefined && isUnchanged(seen, id, last.atMs, atMs);
  };
  const isTakenBack = ({ atMs }: Refusal) => {
    const [lastMs, nextMs] = [boundMs.findLast((ms) => ms < atMs), boundMs.find((ms) => ms > atMs)];
    const isSoon = lastMs !== undefined && nextMs !== undefined && nextMs - atMs <= takenBackMs;
    return isSoon && isUnchanged(seen, id, lastMs, nextMs);
  };
  const again = unknown.filter((one) => isAgain(one) || isTakenBack(one));
  return unknown.filter(({ atMs }) => again.some((one) => isUnchanged(seen, id, atMs, one.atMs)));
}

const account: Detector = (seen) => {
  const strangers = strangersSinceGoodbye(seen);
  return seen.trunks.flatMap((trunk) => {
    const { id, carrier, granted, refusals } = trunk;
    const { attempts } = seen;
    const calls = attempts.filter(({ trunkId, end }) => trunkId === id && end === "account-refused");
    const ofRegistrar = refusals.filter(isOfAccount);
    const all = [...ofRegistrar, ...calls].sort((a, b) => a.seq - b.seq);
    const stale = all.filter(isStale);
    const byTurns = refusedByTurns(seen, trunk);
    const ofCalls = [...takenMeanwhile(calls), ...calls.filter((one) => strangers.has(one))];
    const taken = [...new Set([...ofCalls, ...unknownByTurns(seen, trunk), ...byTurns])].filter((one) => !isStale(one));
    const elsewhere = calls.filter((one) => one.askedAgain === "other-realm" && !taken.includes(one));
    const told = new Set<Refusal | AttemptSeen>([...stale, ...taken, ...elsewhere]);
    const refused = all.filter((one) => !told.has(one));
    const [first] = refused.filter((one) => one.askedAgain === "registrars-account" || ofRegistrar.some(({ seq }) => seq === one.seq));
    const params = { trunk: id, carrier };
    const codeOf = (those: readonly (Refusal | AttemptSeen)[]) => ({ ...params, code: those.at(-1)?.code ?? 0 });
    return [
      ...cite("nonce-stale-again-and-again", "peer", stale, codeOf(stale)),
      ...cite("registered-account-refused", "peer", taken, codeOf(taken)),
      ...cite("other-realm-refused", "peer", elsewhere, codeOf(elsewhere)),
      ...cite(
        "account-accepted-before",
        "peer",
        first && granted && granted.seq < first.seq
          ? [{ ...granted, untilMs: trunk.boundMs.findLast((ms) => ms < first.atMs) ?? granted.atMs }]
          : [],
        params,
      ),
      ...cite("credentials-refused", "peer", refused, codeOf(refused)),
    ];
  });
};

export const accountDetectors: readonly Detector[] = [account];
