/** What test/browser/reload.test.ts has a real browser do: a softphone whose page is loaded again during a call. Its audio is elsewhere. */
import { createLinekeeper, noMedia, type Entry, type Linekeeper } from "../../../src/index.ts";
import { sipjs } from "../../../adapters/sipjs/index.ts";
import { resumeInTab, tabs } from "../../../adapters/tabs/index.ts";

let line: Linekeeper | undefined;

/** Resolves when the trunk is ready. */
export async function start(server: string, isOptedIn: boolean, resumeMs = 60_000): Promise<void> {
  line = createLinekeeper({
    crm: { vendor: "Test CRM" },
    trunks: [{ id: "A", carrier: "a", server, aor: "sip:agent7@a.example" }],
    stack: sipjs(),
    media: noMedia(),
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
