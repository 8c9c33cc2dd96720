/** A kind of fault: how a shift goes in which it strikes, and what is truly at fault. */
import type { MockTrunk } from "../../../adapters/mock-trunk/index.ts";
import type { FaultDomain } from "../../../src/diagnosis/model.ts";
import type { Conditions, Shift } from "../shift.ts";

export interface Kind {
  readonly id: string;
  /** What is at fault; more than one where several things are; nothing where all is well. */
  readonly truth: readonly FaultDomain[];
  /** `tune`: the weights may be fitted to it. `score`: never. */
  readonly half: "tune" | "score";
  /** Nothing that would tell was ever tried: to say that it is inconclusive is right. */
  readonly isOpen?: true;
  readonly conditions?: Partial<Conditions>;
  /** The fault is there before the CRM starts: `play` starts it. */
  readonly isFromStart?: true;
  /** @returns false when nothing met the fault: such a shift shows nothing, and another is recorded. */
  play(shift: Shift): Promise<boolean | void>;
}

/** What undoes a fault. */
export type Mend = () => void;

const minuteMs = 60_000;

/** The carrier that calls go out on. */
export const first = ({ carriers }: Shift): MockTrunk => [...carriers.values()][0] as MockTrunk;

/** The carrier whose edge fails: mostly the one that calls go out on first. */
export function failing({ carriers, chance }: Shift): MockTrunk {
  const [first, second] = [...carriers.values()];
  return (chance(0.85) ? first : (second ?? first)) as MockTrunk;
}

/** Has any message met a fault of this carrier's? */
export const isMet = ({ log }: MockTrunk): boolean => log.some(({ fault }) => fault !== undefined);

/** The agent works on while it is broken; mostly it is mended before the shift ends. */
export async function endures(shift: Shift, mend: Mend, [least, most]: readonly [number, number] = [1.5, 4]): Promise<void> {
  const { between, chance, work } = shift;
  await work(between(least, most) * minuteMs);
  if (!chance(0.65)) return;
  mend();
  await work(between(1, 3) * minuteMs);
}

/** The CRM starts and the line with it. @returns whether the CRM came through. */
export async function comesUp({ crm, line, pass }: Shift): Promise<boolean> {
  const booted = crm.boot();
  void line.start();
  await pass(2_000);
  for (let waited = 0; waited < 20 && !(await isDone(booted, pass)); waited++);
  return booted;
}

async function isDone(promise: Promise<unknown>, pass: Shift["pass"]): Promise<boolean> {
  let done = false;
  void promise.then(() => (done = true));
  await pass(1_000);
  return done;
}

/** The agent, or the CRM itself, starts it anew. */
export async function reloads({ crm, pass }: Shift): Promise<boolean> {
  const booted = crm.boot();
  for (let waited = 0; waited < 20 && !(await isDone(booted, pass)); waited++);
  return booted;
}

export const minutes = (count: number) => count * minuteMs;
