/** Linekeeper at its default settings. */
import { createLinekeeper, noMedia } from "linekeeper";
import { sipjs } from "linekeeper/sipjs";
import { account, type Carrier, type Contender } from "../contender.ts";

export const linekeeper: Contender = {
  name: "Linekeeper",
  async open(a: Carrier, b: Carrier) {
    const line = createLinekeeper({
      crm: { vendor: "Bench" },
      trunks: [a, b].map(({ id, server, domain }) => ({
        id,
        carrier: `Carrier ${id}`,
        server,
        aor: `sip:${account.user}@${domain}`,
        credentials: { password: account.password },
      })),
      stack: sipjs(),
      media: noMedia(),
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
};
