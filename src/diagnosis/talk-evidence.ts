/** What talks say that went well until something was asked of the carrier, or until it ended them. */
import { cite, type Detector } from "./cite.ts";

/** Each trunk on which talks were cut or ended, or holds refused, again and again. */
const talks: Detector = ({ talkFaults }) =>
  [...new Set(talkFaults.map(({ trunkId }) => trunkId))].flatMap((trunk) => {
    const here = talkFaults.filter(({ trunkId }) => trunkId === trunk);
    const cut = here.filter((fault) => fault.how === "cut");
    const ended = here.filter((fault) => fault.how === "ended");
    const held = here.filter((fault) => fault.how === "hold");
    const params = { trunk, carrier: here[0]?.carrier ?? "" };
    return [
      ...cite("talks-cut-at-one-length", "peer", cut, {
        ...params,
        calls: cut.length,
        seconds: Math.round((cut.at(-1)?.talkedMs ?? 0) / 1_000),
      }),
      ...cite("talks-ended-by-network", "peer", ended, {
        ...params,
        calls: ended.length,
        code: ended.at(-1)?.code ?? 0,
        cause: ended.at(-1)?.cause ?? 0,
      }),
      ...cite("holds-refused-on-trunk", "peer", held, { ...params, calls: held.length, code: held.at(-1)?.code ?? 0 }),
    ];
  });

export const talkDetectors: readonly Detector[] = [talks];
