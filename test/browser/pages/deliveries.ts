/** What test/browser/deliveries.test.ts has a real browser do: a softphone that reports, and an outbox by itself. Its audio is elsewhere. */
import { http } from "../../../adapters/http/index.ts";
import { indexedDb } from "../../../adapters/indexeddb/index.ts";
import { sipjs } from "../../../adapters/sipjs/index.ts";
import { systemClock } from "../../../src/clock.ts";
import { createLinekeeper, noMedia, type Linekeeper } from "../../../src/index.ts";
import { createOutbox, type Outbox } from "../../../src/outbox/outbox.ts";
import { guardStore } from "../../../src/store/guarded.ts";

const store = indexedDb();
let line: Linekeeper | undefined;
let outbox: Outbox | undefined;

/** Resolves when the trunk is ready. */
export async function start(server: string, url: string): Promise<void> {
  line = createLinekeeper({
    crm: { vendor: "Test CRM" },
    trunks: [{ id: "A", carrier: "a", server, aor: "sip:agent7@a.example" }],
    stack: sipjs(),
    media: noMedia(),
    store,
    reports: [http({ url })],
  });
  await line.start();
}

export const call = (number: string): string | undefined => line?.call(number).id;

/** Of each incident, whether it is open. */
export const incidents = (): readonly boolean[] => (line?.incidents ?? []).map(({ closedMs }) => closedMs === undefined);

export function openOutbox(url: string): void {
  const { signal } = new AbortController();
  outbox = createOutbox({
    transport: http({ url, gzip: false }),
    store: guardStore(store, { clock: systemClock, signal, onFailed: (error) => void reportError(error) }),
    clock: systemClock,
    // No wait is drawn long.
    random: () => 0,
    journal: { append: () => ({}) as never },
    spreadMs: 0,
    signal,
  });
}

/** Resolves once it is kept. */
export const add = async (reportId: string, chars: number): Promise<void> => outbox?.add(reportId, "closed", reportId.padEnd(chars, "."));

/** What lies in the store. */
export const kept = (prefix: string): Promise<readonly string[]> => store.keys(prefix);
