/** The pages of one browser, as far as `linekeeper/tabs` sees it: Web Locks with all their options, channels, and where the agent is. */
import { createTurns } from "../../adapters/tabs/turns.ts";
import { takeSeat, type TelephoneHost } from "../../adapters/tabs/telephone.ts";
import type { HealthNote, HealthSnapshot, SharedHealth } from "../../src/ports/shared-health.ts";
import type { SharedTelephone } from "../../src/ports/shared-telephone.ts";

type Held = (lock: object | null) => Promise<void> | undefined;

interface Request {
  readonly held: Held;
  /** Its page is. */
  readonly gone: Promise<void> | undefined;
  readonly resolve: (result?: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** Web Locks (https://w3c.github.io/web-locks): Node 24 has them, older ones do not. */
function createLocks(): Pick<LockManager, "request"> {
  const holders = new Map<string, Request>();
  const queues = new Map<string, Request[]>();
  const queueOf = (name: string) => queues.get(name) ?? queues.set(name, []).get(name) ?? [];

  function grant(name: string, request: Request): void {
    holders.set(name, request);
    const released = (result?: unknown) => {
      if (holders.get(name) === request) {
        holders.delete(name);
        const next = queueOf(name).shift();
        if (next) grant(name, next);
      }
      request.resolve(result);
    };
    void Promise.resolve(request.held({ name })).then(released);
    void request.gone?.then(released);
  }

  const request = (name: string, { signal, ifAvailable, steal, gone }: LockOptions & Partial<Request>, held: Held) =>
    new Promise((resolve, reject) => {
      const mine: Request = { held, gone, resolve, reject };
      queueMicrotask(() => {
        if (signal?.aborted) return reject(signal.reason as Error);
        const holder = holders.get(name);
        if (holder && ifAvailable) return resolve(held(null));
        if (holder && !steal) {
          queueOf(name).push(mine);
          signal?.addEventListener("abort", () => {
            const at = queueOf(name).indexOf(mine);
            if (at < 0) return;
            queueOf(name).splice(at, 1);
            reject(signal.reason as Error);
          });
          return;
        }
        holder?.reject(new DOMException("stolen", "AbortError"));
        grant(name, mine);
      });
    });
  return { request: request as never };
}

/** A page of it. */
export interface FakePage {
  readonly shared: SharedHealth & SharedTelephone;
  /** It neither runs nor hears anything, and does not know. */
  freeze(): void;
  /** It runs on, and hears what was said meanwhile. */
  thaw(): void;
  /** It is gone, without a word; the browser takes its locks from it. */
  crash(): void;
  /** The agent comes here. */
  focus(): void;
  /** The agent sees it, and works in the page around it; or sees it no more. */
  look(isShown: boolean): void;
  /** Into the browser's cache, or away; and back from there. */
  hide(mayReturn: boolean): void;
  show(): void;
}

/** Sees to it that nobody is left in it. */
export interface FakeBrowser {
  page(): FakePage;
  /** What is said by anybody. */
  readonly said: readonly unknown[];
  /** Somebody else of the origin says this. */
  say(data: unknown): void;
}

export function createBrowser(locks: Pick<LockManager, "request"> = createLocks()): FakeBrowser {
  /** Of each channel, by its name. */
  const channels = new Map<string, Map<object, (data: unknown) => void>>();
  const channelOf = (key: string) =>
    channels.get(key) ?? channels.set(key, new Map()).get(key) ?? new Map<object, (data: unknown) => void>();
  const said: unknown[] = [];
  const hearing = new Map<object, (note: HealthNote) => void>();
  let kept: HealthSnapshot | undefined;
  let inFocus: object | undefined;
  let pages = 0;

  return {
    said,
    say: (data) => channels.forEach((listeners) => listeners.forEach((hear) => hear(data))),
    page() {
      const own = {};
      const turns = createTurns(`page-${++pages}`);
      let missed: (() => void)[] | undefined;
      let isGone = false;
      let go = () => {};
      const gone = new Promise<void>((resolve) => (go = resolve));
      let isShown = false;
      const watching = new Set<Parameters<TelephoneHost["watch"]>[0]>();
      const turned = () => watching.forEach((events) => events.turned());
      const run = (action: () => void) => (missed ? void missed.push(action) : action());
      const join = (listeners: ReturnType<typeof channelOf>) => ({
        postMessage(data: unknown) {
          said.push(data);
          const others = [...listeners].filter(([each]) => each !== own);
          queueMicrotask(() => others.forEach(([, hear]) => hear(structuredClone(data))));
        },
        addEventListener(_: string, listener: (event: { data: unknown }) => void) {
          listeners.set(own, (data) => run(() => listener({ data })));
        },
        close: () => void listeners.delete(own),
      });
      // A stolen lock is told to a page that runs.
      const request = (lock: string, options: LockOptions, held: Held) =>
        new Promise((resolve, reject) => {
          const untilGone: Held = (granted) => (isGone ? undefined : held(granted));
          locks.request(lock, { ...options, gone } as LockOptions, untilGone as never).then(
            (value) => run(() => resolve(value)),
            (error: unknown) => run(() => reject(error as Error)),
          );
        });
      const hostOf = (account: string): TelephoneHost => ({
        locks: { request: request as never },
        channel: join(channelOf(account)) as never,
        presence: () => (inFocus === own ? "focus" : isShown ? "shown" : "hidden"),
        watch(events) {
          watching.add(events);
          return () => watching.delete(events);
        },
      });
      return {
        shared: {
          restore: () => kept,
          save: (snapshot) => void (kept = structuredClone(snapshot)),
          tell(note) {
            const others = [...hearing].filter(([each]) => each !== own);
            queueMicrotask(() => others.forEach(([, hear]) => hear(structuredClone(note))));
          },
          join({ heard }) {
            hearing.set(own, (note) => run(() => heard(note)));
            return () => hearing.delete(own);
          },
          attend(handset, clock, random) {
            const inPage = {
              ...clock,
              setTimer: (fire: () => void, delayMs: number) => clock.setTimer(() => run(fire), delayMs),
            };
            return takeSeat(hostOf(handset.account), handset.account, turns, handset, inPage, random);
          },
        },
        freeze: () => void (missed ??= []),
        thaw() {
          const due = missed ?? [];
          missed = undefined;
          for (const action of due) action();
        },
        crash() {
          missed ??= [];
          isGone = true;
          go();
        },
        focus() {
          inFocus = own;
          run(turned);
        },
        look(is) {
          isShown = is;
          run(turned);
        },
        hide: (mayReturn) => watching.forEach((events) => events.suspended(mayReturn)),
        show: () => watching.forEach((events) => events.resumed()),
      };
    },
  };
}
