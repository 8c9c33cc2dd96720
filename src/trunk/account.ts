/** Our account at one carrier: what the integrator's credentials source gave, and whether that was refused. */
import { sleep } from "../clock.ts";
import type { TrunkConfig } from "../config.ts";
import type { Clock, Credentials, CredentialsSource } from "../ports.ts";

export interface Account {
  /** The integrator's source, watched; undefined where there is none. */
  readonly credentials: CredentialsSource | undefined;
  /** The registrar has refused what it was given, or nothing could be given. */
  refused(): void;
  /** Asks the source anew. @returns whether it gives other credentials than those that were refused. */
  hasOthers(): Promise<boolean>;
}

export function createAccount(trunkId: string, given: TrunkConfig["credentials"], clock: Clock, withinMs: number): Account {
  const ask: CredentialsSource | undefined = typeof given === "function" ? given : given && (() => given);
  let realm = "";
  let last: Credentials | undefined;
  let known: Credentials | undefined;

  return {
    credentials:
      ask &&
      (async (request) => {
        realm = request.realm;
        last = undefined;
        return (last = await ask(request));
      }),
    refused: () => void (known = last),
    async hasOthers() {
      if (!ask) return false;
      const asked = new AbortController();
      const overdue = sleep(clock, withinMs, asked.signal).catch(() => {});
      try {
        const now = await Promise.race([ask({ trunkId, realm }), overdue]);
        return Boolean(now) && (now?.password !== known?.password || now?.username !== known?.username);
      } catch {
        return false;
      } finally {
        asked.abort();
      }
    },
  };
}
