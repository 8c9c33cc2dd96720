/** What reload.test.ts, page-life.test.ts and tabs.test.ts of test/browser have a real browser do: a softphone whose page is loaded again, put away, loses its network, or is one of several. Its audio is elsewhere. */
import { createLinekeeper, noMedia, type Entry, type Linekeeper } from "../../../src/index.ts";
import { sipjs } from "../../../adapters/sipjs/index.ts";
import { browserNetwork } from "../../../adapters/network/index.ts";
import { resumeInTab, tabs } from "../../../adapters/tabs/index.ts";

export interface SoftphoneOptions {
  /** Of trunk A. */
  readonly server: string;
  /** Of trunk B, of another account. Default: there is none. */
  readonly serverB?: string;
  /** Its calls are gone on with, and its tabs are one agent's. Default: neither. */
  readonly isOptedIn?: boolean;
  readonly resumeMs?: number;
  /** Where the registrar asks for one. */
  readonly password?: string;
}

let line: Linekeeper | undefined;

/** Resolves when the trunk is ready. */
export async function start({ server, serverB, isOptedIn = false, resumeMs = 60_000, password }: SoftphoneOptions): Promise<void> {
  line = createLinekeeper({
    crm: { vendor: "Test CRM" },
    trunks: [
      { id: "A", carrier: "a", server, aor: "sip:agent7@a.example", ...(password !== undefined && { credentials: { password } }) },
      ...(serverB === undefined ? [] : [{ id: "B", carrier: "b", server: serverB, aor: "sip:agent7@b.example" }]),
    ],
    stack: sipjs(),
    media: noMedia(),
    network: browserNetwork(),
    limits: { resumeMs },
    ...(isOptedIn && { resumption: resumeInTab(), shared: tabs() }),
  });
  await line.start();
}

export const call = (number: string): string | undefined => line?.call(number).id;

/** Calls under way: their state, and whether they were taken up from the page before. */
export const calls = (): readonly (readonly [string, boolean])[] =>
  (line?.calls ?? []).map((each) => [each.state, "resumed" in each && each.resumed === true]);

export const hangUp = (): void => line?.calls.forEach((each) => each.hangUp());

export const entries = (type: Entry["type"]): readonly Entry[] => (line?.journal ?? []).filter((entry) => entry.type === type);

export const ready = (): boolean => line?.trunks[0]?.ready === true;
