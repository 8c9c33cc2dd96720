/** Linekeeper at its default settings. */
import { setTimeout as pause } from "node:timers/promises";
import { createLinekeeper, noMedia, type Media } from "linekeeper";
import { sipjs } from "linekeeper/sipjs";
import { account, type Carrier, type Contender } from "../contender.ts";

/** Audio that takes its time over each offer, as ICE does. */
function slowMedia(offerMs: number): Media {
  const quick = noMedia();
  return {
    open: (callId) => {
      const session = quick.open(callId);
      return { ...session, offer: (signal) => pause(offerMs).then(() => session.offer(signal)) };
    },
  };
}

/** @param offerMs what an offer takes to be made, ms. */
export const linekeeperWith = (offerMs: number): Contender => ({
  name: "Linekeeper",
  async open(a: Carrier, b?: Carrier) {
    const line = createLinekeeper({
      crm: { vendor: "Bench" },
      trunks: [a, ...(b ? [b] : [])].map(({ id, server, domain }) => ({
        id,
        carrier: `Carrier ${id}`,
        server,
        aor: `sip:${account.user}@${domain}`,
        credentials: { password: account.password },
      })),
      stack: sipjs(),
      media: offerMs > 0 ? slowMedia(offerMs) : noMedia(),
    });
    await line.start();
    await new Promise<void>((resolve) => {
      const look = () => line.trunks.every(({ ready }) => ready) && resolve();
      line.on("trunk:changed", look);
      look();
    });
    return {
      call(number) {
        const call = line.call(number);
        const answered = new Promise<boolean>((resolve) => {
          call.on("answered", () => resolve(true));
          // The agent is asked to dial again: to be fair to those who cannot ask, that is a call lost.
          call.on("choice-needed", () => resolve(false));
          call.on("ended", () => resolve(false));
        });
        return { answered, hangUp: () => call.hangUp() };
      },
      close: () => line.close(),
    };
  },
});

export const linekeeper = linekeeperWith(0);
