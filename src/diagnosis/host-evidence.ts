/** What the browser and the CRM say of themselves: offline, asleep, without a line or the credentials for one. */
import { cite, type Detector } from "./cite.ts";
import { afterSleepMs, isAsleep } from "./device-sleep.ts";

const host: Detector = (seen) => {
  const { trunks, sleeps, refusedCalls, missingCredentials, unknownDigests } = seen;
  const outages = trunks.flatMap((trunk) => trunk.outages);
  const slept = sleeps.filter((sleep) => outages.some(({ atMs }) => Math.abs(atMs - sleep.atMs) <= afterSleepMs));
  const offline = seen.offline.filter(({ atMs }) => !isAsleep(seen, atMs));
  const noTrunk = refusedCalls.filter(({ because }) => because === "no-trunk");
  const of = ([first]: readonly { readonly trunkId: string }[]) => {
    const trunk = trunks.find(({ id }) => id === first?.trunkId);
    return { trunk: trunk?.id ?? "", carrier: trunk?.carrier ?? "" };
  };
  return [
    ...cite("host-says-offline", "observed", offline),
    ...cite("device-slept", "observed", slept),
    ...cite("no-trunk-ready", "observed", noTrunk, { calls: noTrunk.length }),
    ...cite("credentials-not-to-be-had", "observed", missingCredentials, of(missingCredentials)),
    ...cite("digest-not-known", "observed", unknownDigests, of(unknownDigests)),
  ];
};

export const hostDetectors: readonly Detector[] = [host];
