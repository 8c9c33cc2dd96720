/** A call to a number that plays back what it hears. It never rings a customer, and none has to wait for it. */
import { within, type Clock } from "../../src/clock.ts";
import type { Call, CallEvents, Linekeeper } from "../../src/index.ts";
import { anyOf, whenAborted } from "../../src/platform.ts";
import { Finding, type Check, type PreflightHost, type Remark } from "./check.ts";
import { audibleDbov, levelOf, withSound } from "./sound.ts";
import { until } from "./trunks.ts";

interface EchoOptions {
  readonly number: string;
  readonly needs: readonly string[];
  /** How long a trunk may take to be ready, and again the number to answer. */
  readonly withinMs: number;
  readonly clock: Clock;
}

/** How long its audio is waited for: the first rating takes some seconds of it, ms. */
const audioMs = 15_000;

const busy: Remark = { outcome: "skipped", code: "AgentBusy" };

export function echoCheck(host: PreflightHost, line: Linekeeper, { number, needs, withinMs, clock }: EchoOptions): Check {
  async function run(signal: AbortSignal): Promise<Remark | undefined> {
    const over = new AbortController();
    const both = anyOf(signal, over.signal);
    try {
      await within(
        clock,
        until(line, (trunks) => trunks.some(({ ready }) => ready), both),
        withinMs,
        both,
      );
      if (line.calls.length > 0) return busy;
      const call = line.call(number, { by: "check" });
      const away = new Promise<Remark>((resolve) => {
        // A customer calls, or the agent: the echo makes way.
        const stop = line.on("journal:written", (entry) => {
          if ((entry.type === "call:placed" || entry.type === "call:offered") && entry.callId !== call.id) resolve(busy);
        });
        whenAborted(both, stop);
      });
      whenAborted(both, () => call.hangUp());
      return await Promise.race([listen(call, both), away]);
    } finally {
      over.abort();
    }
  }

  async function listen(call: Call, signal: AbortSignal): Promise<Remark | undefined> {
    const ended = call.ended.then(({ end, refusal, sipCode }): never => {
      const measured = { end, ...(refusal !== undefined && { refusal }), ...(sipCode !== undefined && { sipCode }) };
      throw new Finding("CallFailedError", "the echo call ended before it was heard", measured);
    });
    // Its own end, at the end, is no failure.
    ended.catch(() => {});
    const answered = call.state === "answered" ? Promise.resolve() : told(call, "answered");
    await within(clock, Promise.race([answered, ended]), withinMs, signal);
    return await Promise.race([hear(call, signal), ended]);
  }

  async function hear(call: Call, signal: AbortSignal): Promise<Remark> {
    const trunk = call.trunkId === undefined ? {} : { trunkId: call.trunkId };
    const rated = await within(clock, Promise.race([told(call, "quality"), told(call, "no-audio")]), audioMs, signal).catch(
      () => undefined,
    );
    const isLost = line.journal.findLast(
      (entry) => "callId" in entry && entry.callId === call.id && /^audio:(lost|restored)$/.test(entry.type),
    );
    if ((rated && "forMs" in rated) || isLost?.type === "audio:lost")
      throw new Finding("NoAudioError", "the echo call was answered, and nothing was heard of it", trunk);
    if (!rated) return { outcome: "warn", code: "AudioNotMeasured", measured: trunk };
    const { level, mos, lossPercent, jitterMs, rttMs } = rated;
    const levelDbov = await levelHeard(call, signal);
    const measured = {
      ...trunk,
      ...{ mos, lossPercent, jitterMs },
      ...(rttMs !== undefined && { rttMs }),
      ...(levelDbov !== undefined && { levelDbov }),
    };
    if (level === "poor") return { outcome: "warn", code: "PoorAudio", measured };
    return levelDbov !== undefined && levelDbov < audibleDbov ? { outcome: "warn", code: "SilentEcho", measured } : { measured };
  }

  /** Undefined where the call's media shows no stream, or the page may not play yet. */
  async function levelHeard({ media }: Call, signal: AbortSignal): Promise<number | undefined> {
    const { remoteStream } = media as { readonly remoteStream?: MediaStream };
    if (!remoteStream) return undefined;
    return withSound(host, clock, (context) => levelOf(remoteStream, context, clock, signal)).catch(() => undefined);
  }

  return { name: "echo", needs, timeoutMs: 2 * withinMs + audioMs + 5_000, run };
}

const told = <Name extends "answered" | "quality" | "no-audio">(call: Call, name: Name): Promise<CallEvents[Name]> =>
  new Promise((resolve) => void call.once(name, resolve));
