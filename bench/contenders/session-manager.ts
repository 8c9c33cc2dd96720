/** SIP.js's SessionManager with its own reconnection and re-registration: it knows one server. */
import { SessionManager } from "sip.js/lib/platform/web/index.js";
import type { Session } from "sip.js";
import { account, type Contender } from "../contender.ts";
import { staticSdp } from "../static-sdp.ts";

export const sessionManager: Contender = {
  name: "SessionManager",
  async open({ server, domain }) {
    let tellRegistered = () => {};
    const registered = new Promise<void>((resolve) => (tellRegistered = resolve));
    const ends = new Map<Session, (answered: boolean) => void>();
    const manager = new SessionManager(server, {
      aor: `sip:${account.user}@${domain}`,
      registrationRetry: true,
      optionsPingInterval: 15,
      optionsPingRequestURI: `sip:${domain}`,
      userAgentOptions: {
        authorizationUsername: account.user,
        authorizationPassword: account.password,
        sessionDescriptionHandlerFactory: staticSdp,
        logBuiltinEnabled: false,
      },
      delegate: {
        onRegistered: () => tellRegistered(),
        onCallAnswered: (session) => ends.get(session)?.(true),
        onCallHangup: (session) => ends.get(session)?.(false),
      },
    });
    await manager.connect();
    await manager.register();
    await registered;
    return {
      call(number) {
        let session: Session | undefined;
        const answered = new Promise<boolean>((resolve) => {
          manager.delegate = {
            ...manager.delegate,
            onCallCreated(created) {
              session = created;
              ends.set(created, resolve);
            },
          };
          manager.call(`sip:${number}@${domain}`).catch(() => resolve(false));
        });
        return { answered, hangUp: () => session && void manager.hangup(session).catch(() => {}) };
      },
      close: () => void manager.disconnect().catch(() => {}),
    };
  },
};
