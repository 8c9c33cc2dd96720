/** JsSIP with two sockets, the second of lower weight. It has one account: the one at A, which B accepts too. */
import { UA, WebSocketInterface } from "jssip";
import { account, type Contender } from "../contender.ts";

export const jsSip: Contender = {
  name: "JsSIP, 2 sockets",
  async open(a, b) {
    const ua = new UA({
      sockets: [
        { socket: new WebSocketInterface(a.server), weight: 10 },
        ...(b ? [{ socket: new WebSocketInterface(b.server), weight: 5 }] : []),
      ],
      uri: `sip:${account.user}@${a.domain}`,
      password: account.password,
      session_timers: false,
    });
    const registered = new Promise<void>((resolve) => ua.on("registered", () => resolve()));
    ua.start();
    await registered;
    return {
      call(number) {
        let hangUp = () => {};
        const answered = new Promise<boolean>((resolve) => {
          const session = ua.call(`sip:${number}@${a.domain}`, {
            mediaConstraints: { audio: false, video: false },
            eventHandlers: { accepted: () => resolve(true), failed: () => resolve(false) },
          });
          hangUp = () => session.isEnded() || session.terminate();
        });
        return { answered, hangUp: () => hangUp() };
      },
      close: () => ua.stop(),
    };
  },
};
