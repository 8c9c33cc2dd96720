/** What a good developer writes on an afternoon: a user agent for each carrier, and a loop that catches and tries the next. */
import { Inviter, Registerer, RegistererState, SessionState, UserAgent } from "sip.js";
import { account, type Carrier, type Contender } from "../contender.ts";
import { staticSdpAfter } from "../static-sdp.ts";

async function openUserAgent({ server, domain }: Carrier, offerMs: number) {
  const userAgent = new UserAgent({
    uri: uriOf(account.user, domain),
    transportOptions: { server },
    authorizationUsername: account.user,
    authorizationPassword: account.password,
    sessionDescriptionHandlerFactory: staticSdpAfter(offerMs),
    logBuiltinEnabled: false,
  });
  await userAgent.start();
  const registerer = new Registerer(userAgent);
  const registered = new Promise<void>((resolve) =>
    registerer.stateChange.addListener((state) => state === RegistererState.Registered && resolve()),
  );
  await registerer.register();
  await registered;
  return userAgent;
}

function uriOf(user: string, domain: string) {
  const uri = UserAgent.makeURI(`sip:${user}@${domain}`);
  if (!uri) throw new TypeError(`no SIP URI: ${user}@${domain}`);
  return uri;
}

/** Resolves when it is answered. @throws when it came to nothing. */
function established(inviter: Inviter): Promise<void> {
  return new Promise((resolve, reject) => {
    inviter.stateChange.addListener((state) => {
      if (state === SessionState.Established) resolve();
      if (state === SessionState.Terminated) reject(new Error("came to nothing"));
    });
    inviter.invite().catch(reject);
  });
}

function hangUp(inviter: Inviter | undefined): void {
  if (inviter?.state === SessionState.Established) void inviter.bye();
  if (inviter?.state === SessionState.Establishing) void inviter.cancel();
}

/** @param offerMs what an offer takes to be made, ms. */
export const plainSipJsWith = (offerMs: number): Contender => ({
  name: "sip.js + loop",
  async open(a, b) {
    const trunks = await Promise.all(
      [a, ...(b ? [b] : [])].map(async (carrier) => ({ carrier, userAgent: await openUserAgent(carrier, offerMs) })),
    );
    return {
      call(number) {
        let current: Inviter | undefined;
        let isOver = false;
        async function dial(): Promise<boolean> {
          for (const { carrier, userAgent } of trunks) {
            if (isOver) break;
            try {
              current = new Inviter(userAgent, uriOf(number, carrier.domain));
              await established(current);
              return true;
            } catch {
              // The next, then.
            }
          }
          return false;
        }
        return {
          answered: dial(),
          hangUp() {
            isOver = true;
            hangUp(current);
          },
        };
      },
      // On a mute trunk `stop()` takes 32 s: nobody waits for it.
      close: () => trunks.forEach(({ userAgent }) => void userAgent.stop().catch(() => {})),
    };
  },
});

export const plainSipJs = plainSipJsWith(0);
