/** Our account at one carrier: what the integrator's credentials source gave, and whether that was refused. */
import { sleep, type Clock } from "../clock.ts";
import type { TrunkConfig } from "../config.ts";
import type { Credentials, CredentialsSource } from "../ports/sip-account.ts";

export interface Account {
  /** The integrator's source, watched; undefined where there is none. */
  readonly credentials: CredentialsSource | undefined;
  /** The registrar has refused what it was given, or nothing could be given. */
  refused(): void;
  /** It was refused to another page, which may have been given the same as this one. */
  refusedElsewhere(): void;
  /** The settings have changed: the source that is asked from now on. */
  renew(given: TrunkConfig["credentials"]): void;
  /** Asks the source anew. @returns whether it gives other credentials than those that were refused. */
  hasOthers(): Promise<boolean>;
}

export function createAccount(trunkId: string, given: TrunkConfig["credentials"], clock: Clock, withinMs: number): Account {
  let ask = sourceOf(given);
  let realm = "";
  let last: Credentials | undefined;
  let known: Credentials | undefined;
  /** What was refused is what the source gives when it is asked next: no page tells another its secrets. */
  let isToBeLearnt = false;

  return {
    credentials:
      given &&
      (async (request) => {
        realm = request.realm;
        last = undefined;
        return (last = await ask(request));
      }),
    refused() {
      known = last;
      isToBeLearnt = false;
    },
    refusedElsewhere: () => void (isToBeLearnt = true),
    renew: (other) => void (ask = sourceOf(other)),
    async hasOthers() {
      if (!given) return false;
      const asked = new AbortController();
      const overdue = sleep(clock, withinMs, asked.signal).catch(() => {});
      try {
        const now = await Promise.race([ask({ trunkId, realm }), overdue]);
        if (now && isToBeLearnt) {
          known = now;
          isToBeLearnt = false;
        }
        return Boolean(now) && (now?.password !== known?.password || now?.username !== known?.username);
      } catch {
        return false;
      } finally {
        asked.abort();
      }
    },
  };
}

function sourceOf(given: TrunkConfig["credentials"]): CredentialsSource {
  return async (request) => {
    const credentials = typeof given === "function" ? await given(request) : given;
    if (!credentials) throw new TypeError("the trunk has no credentials");
    return credentials;
  };
}
