/** Numbers that a carrier answers with 404 and no cause: its own route, the CRM's list or start-up, or nothing but life. */
import { prefixes, type Shift } from "../shift.ts";
import { first, isMet, minutes, reloads, type Kind } from "./kind.ts";

const unknown = { kind: "reject", code: 404, methods: ["INVITE"] } as const;
const unknownLocal = { ...unknown, prefix: prefixes.local };

/** The agent dials a list of local numbers, and one of the last again after the line was told to leave out the first trunk. */
async function dialsThenElsewhere({ line, conditions, dial, pass, between }: Shift): Promise<void> {
  const count = Math.floor(between(6, 10));
  for (let index = 0; index < count; index++) {
    const number = `${prefixes.local}${String(Math.floor(between(1_000_000, 9_999_999)))}`;
    await dial(number);
    await pass(between(0.5, 1.5) * conditions.pauseMs);
    if (index !== count - 2) continue;
    line.isolate("A");
    await dial(number);
    await pass(between(0.5, 1.5) * conditions.pauseMs);
  }
}

export const numberKinds: readonly Kind[] = [
  {
    id: "numbers-unknown-to-one-carrier",
    half: "tune",
    truth: ["carrier-routing"],
    async play(shift) {
      const { work, between } = shift;
      const mend = first(shift).fault(unknownLocal);
      await dialsThenElsewhere(shift);
      mend();
      await work(minutes(between(2, 3)));
      return isMet(first(shift));
    },
  },
  {
    id: "numbers-of-a-bad-list",
    half: "tune",
    truth: ["crm-config"],
    async play(shift) {
      const { carriers, work, between } = shift;
      const mends = [...carriers.values()].map((carrier) => carrier.fault(unknownLocal));
      await dialsThenElsewhere(shift);
      for (const mend of mends) mend();
      await work(minutes(between(2, 3)));
      return isMet(first(shift));
    },
  },
  {
    id: "numbers-unknown-by-start",
    half: "tune",
    truth: ["crm-init"],
    async play(shift) {
      const { work, between } = shift;
      for (let time = 0; time < 2; time++) {
        const mend = first(shift).fault(unknownLocal);
        await reloads(shift);
        await work(minutes(between(3, 5)));
        mend();
        await reloads(shift);
        await work(minutes(between(2, 4)));
      }
      return isMet(first(shift));
    },
  },
  {
    id: "numbers-void-now-and-then",
    half: "tune",
    truth: [],
    async play({ carriers, work, between }) {
      for (const carrier of carriers.values()) carrier.fault({ ...unknown, share: 0.12 });
      await work(minutes(between(12, 16)));
    },
  },
];
