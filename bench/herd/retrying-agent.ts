/** A softphone with two trunks that comes back by a given strategy: what Linekeeper is compared with. */
import type { CancelTimer } from "../../src/clock.ts";
import type { SipAnswer } from "../../src/ports/sip-answer.ts";
import type { SipEdge } from "../../src/ports/sip-edge.ts";
import { patienceMs, type Agent, type AgentPorts } from "./agent.ts";
import type { Strategy } from "./strategies.ts";

/** One trunk: kept registered once it is begun, until it is rested. */
interface Line {
  readonly edge: SipEdge;
  readonly isBound: boolean;
  /** Registers now, or (`afterLoss`) when the strategy says so. */
  begin(afterLoss: boolean): void;
  rest(): void;
}

export function createRetryingAgent({ stack, clock, random }: AgentPorts, strategy: Strategy): Agent {
  /** Calls that wait for a trunk. */
  const waiting = new Set<() => void>();
  let calls = 0;

  function createLine(trunkId: string, onChange: () => void): Line {
    const expiresS = 600;
    let wanted = false;
    let bound = false;
    let isOpen = false;
    let failures = 0;
    let cancel: CancelTimer = () => {};

    const edge = stack.edge(
      { trunkId, server: `wss://${trunkId}.example`, aor: "sip:agent@example.com", userAgent: "herd" },
      {
        opened() {
          isOpen = true;
          void register();
        },
        closed() {
          isOpen = false;
          set(false);
          if (wanted) retry();
        },
        ponged() {},
        discarded() {},
        incoming() {},
        credentialsFailed() {},
      },
      clock,
      random,
    );

    function set(now: boolean): void {
      if (now === bound) return;
      bound = now;
      onChange();
    }

    function retry(): void {
      failures += 1;
      cancel();
      cancel = clock.setTimer(go, strategy(failures, random));
    }

    function go(): void {
      if (isOpen) void register();
      else edge.connect();
    }

    async function register(): Promise<void> {
      const answer = await edge.register(expiresS);
      // A lost flow is tried again as such.
      if (answer.said === "inferred" || !wanted) return;
      if (answer.code >= 300) return retry();
      failures = 0;
      cancel();
      cancel = clock.setTimer(go, expiresS * 1_000 * (0.75 + 0.15 * random()));
      set(true);
    }

    return {
      edge,
      get isBound() {
        return bound;
      },
      begin(afterLoss) {
        if (wanted) return;
        wanted = true;
        failures = 0;
        if (afterLoss) retry();
        else go();
      },
      rest() {
        if (!wanted) return;
        wanted = false;
        cancel();
        if (bound) void edge.register(0).then(() => edge.disconnect());
        else edge.disconnect();
        set(false);
      },
    };
  }

  const main = createLine("main", changed);
  const backup = createLine("backup", changed);
  let started = false;

  function changed(): void {
    if (main.isBound) {
      started = true;
      if (calls === 0) backup.rest();
    } else if (started) backup.begin(true);
    for (const retry of [...waiting]) retry();
  }

  const usable = () => (main.isBound ? main : backup.isBound ? backup : undefined);

  /** The trunk that is registered, or the first that is in time. */
  function line(): Promise<Line | undefined> {
    const now = usable();
    if (now) return Promise.resolve(now);
    return new Promise((resolve) => {
      const settle = () => {
        waiting.delete(look);
        cancelWait();
        resolve(usable());
      };
      const look = () => void (usable() && settle());
      const cancelWait = clock.setTimer(settle, patienceMs);
      waiting.add(look);
    });
  }

  /** @returns when it was answered; undefined when the flow was lost under it. */
  function invite({ edge }: Line, talkMs: number): Promise<number | undefined> {
    return new Promise((resolve) => {
      const lost = (_?: SipAnswer) => resolve(undefined);
      edge.invite(
        { target: "sip:+21671000001@example.com", offer: "" },
        {
          sent() {},
          challenged() {},
          progressed() {},
          accepted(dialog) {
            const answeredMs = clock.nowMs();
            clock.setTimer(() => void dialog.bye().then(() => resolve(answeredMs)), talkMs);
          },
          rejected: lost,
          flowLost: () => lost(),
        },
      );
    });
  }

  async function place(talkMs: number): Promise<number | undefined> {
    for (let attempts = 1; attempts <= 2; attempts++) {
      const through = await line();
      const answeredMs = through && (await invite(through, talkMs));
      if (!through || answeredMs !== undefined) return answeredMs;
    }
    return undefined;
  }

  return {
    start: () => main.begin(false),
    async call(talkMs) {
      calls += 1;
      try {
        return await place(talkMs);
      } finally {
        calls -= 1;
        if (calls === 0 && main.isBound) backup.rest();
      }
    },
    close() {
      for (const each of [main, backup]) {
        each.rest();
        each.edge.dispose();
      }
      return Promise.resolve();
    },
  };
}
