/** What every real phone is tried with, whoever wrote it. */
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from "vitest";
import type { Call, IncomingCall } from "../../src/index.ts";
import { findPhone } from "../setup/interop.mjs";
import { plainAudio } from "./plain-audio.ts";
import { LINES, type RealPhone, type RealPhoneOptions } from "./real-phone.ts";
import { becomes, onStage, type Agent, type Stage } from "./stage.ts";

/** Of a call centre and of a customer. */
const names = { ours: "مركز الاتصال", theirs: "ليلى بن علي" };

const bound = { timeout: 5_000, interval: 5 };

export interface OnPhone {
  readonly phone: RealPhone;
  /** An agent with audio as the phone takes it. */
  agent(options?: Parameters<Stage["agent"]>[0]): Promise<Agent>;
  /** Another one of its kind, until the test is over. */
  another(): Promise<RealPhone>;
  /** What the phone says from now on. */
  hear(at?: RealPhone): Promise<() => Promise<readonly string[]>>;
  /** The agent calls, and the phone takes the call. */
  called(agent: Agent, at?: RealPhone): Promise<Call>;
  /** The phone calls, and the agent takes the call. */
  calls(agent: Agent): Promise<IncomingCall>;
}

export function onPhone(
  name: "baresip" | "linphone",
  start: (options: RealPhoneOptions) => Promise<RealPhone>,
  more: (on: OnPhone, stage: Stage) => void,
): void {
  const found = findPhone(name);
  const program = "path" in found ? found.path : "";
  const started = ({ folder, a }: Stage) => start({ program, folder, edge: a, displayName: names.theirs });
  const tests = (stage: Stage): void => {
    let phone: RealPhone;
    beforeAll(async () => {
      phone = await started(stage);
    });
    afterAll(() => phone.close());

    const on: OnPhone = {
      get phone() {
        return phone;
      },
      agent: (options) => stage.agent({ media: plainAudio(), ...options }),
      async another() {
        const another = await started(stage);
        onTestFinished(() => another.close());
        return another;
      },
      async hear(at = phone) {
        const before = (await at.said()).length;
        return async () => (await at.said()).slice(before);
      },
      async called({ line }, at = phone) {
        const heard = await on.hear(at);
        const call = line.call(at.number, { displayName: names.ours });
        await becomes(heard, [`rings ${names.ours}`]);
        await at.answer();
        await becomes(heard, [`rings ${names.ours}`, "talks"]);
        await becomes(() => call.state, "answered");
        return call;
      },
      async calls({ line, user }) {
        const heard = await on.hear();
        const offered = new Promise<IncomingCall>((resolve) => line.once("call:offered", resolve));
        await phone.dial(`sip:${user}@${stage.a.address}`);
        const call = await offered;
        await call.answer();
        await becomes(heard, ["talks"]);
        return call;
      },
    };
    everyPhone(on, stage);
    more(on, stage);
  };
  onStage(name, tests, "whyNot" in found ? found.whyNot : undefined);
}

/** The agent hangs up, and the phone has heard it. */
export async function hangUp(on: OnPhone, call: Call | IncomingCall): Promise<void> {
  call.hangUp();
  await call.ended;
  await vi.waitFor(async () => expect((await on.phone.said()).at(-1)).toBe("over"), bound);
}

function everyPhone(on: OnPhone, stage: Stage): void {
  test("is called, shows a name in Arabic, and hears the agent hang up", async () => {
    const agent = await on.agent();
    const heard = await on.hear();
    const call = await on.called(agent);
    call.hangUp();
    expect(await call.ended).toMatchObject({ end: "hung-up-here", attempts: 1 });
    await becomes(heard, [`rings ${names.ours}`, "talks", "over"]);
    expect(await agent.entry("dialog:ended")).toMatchObject({ answer: { code: 200, said: "peer" } });
  });

  test("calls with a name in Arabic, and hangs up", async () => {
    const call = await on.calls(await on.agent());
    expect(call.identity).toMatchObject({ number: on.phone.number, name: names.theirs });
    await on.phone.hangUp();
    expect(await call.ended).toEqual({ end: "hung-up-there" });
  });

  test("holds and resumes, whoever called", async () => {
    const agent = await on.agent();
    for (const begin of [on.called, on.calls]) {
      const call = await begin(agent);
      await on.phone.hold();
      await becomes(() => call.held, "there");
      await on.phone.resume();
      await becomes(() => call.held, "none");
      await hangUp(on, call);
    }
  });

  test("is held and resumed, whoever called; and both hold", async () => {
    const agent = await on.agent();
    for (const begin of [on.called, on.calls]) {
      const call = await begin(agent);
      expect(await call.hold()).toEqual({ ok: true });
      expect(call.held).toBe("here");
      expect(await call.unhold()).toEqual({ ok: true });
      expect(call.held).toBe("none");
      await on.phone.hold();
      await becomes(() => call.held, "there");
      expect(await call.hold()).toEqual({ ok: true });
      expect(call.held).toBe("both");
      expect(await call.unhold()).toEqual({ ok: true });
      expect(call.held).toBe("there");
      await hangUp(on, call);
    }
  });

  test("hears digits by INFO", async () => {
    const call = await on.called(await on.agent());
    const heard = await on.hear();
    expect(await call.sendDtmf("1#", { toneMs: 40, gapMs: 30 })).toEqual({ ok: true, via: "info", sent: 2 });
    await becomes(heard, ["digit 1", "digit #"]);
    await hangUp(on, call);
  });

  test("transfers the agent to somebody else: the policy is asked, and the agent's side calls", async () => {
    const colleague = await stage.phone("answers");
    const asked: unknown[] = [];
    const agent = await on.agent({ transferPolicy: (request) => asked.push(request) > 0 });
    const call = await on.called(agent);
    const referred = new Promise<Call>((resolve) => call.once("referred", ({ call: next }) => resolve(next)));
    const heard = await on.hear();
    await on.phone.transfer(`sip:${colleague.number}@a.example`);
    const next = await referred;
    expect(asked).toMatchObject([{ number: colleague.number, trunkId: "A", replaces: false }]);
    await becomes(() => next.state, "answered");
    await becomes(() => colleague.heard, [["INVITE", "ACK"]]);
    // Told of the answer, it hangs up.
    expect(await call.ended).toMatchObject({ end: "hung-up-there" });
    await vi.waitFor(async () => expect((await heard()).at(-1)).toBe("over"), bound);
    next.hangUp();
    await becomes(() => colleague.heard, [["INVITE", "ACK", "BYE"]]);
  });

  test("is transferred to somebody else", async () => {
    const colleague = await stage.phone("answers");
    const agent = await on.agent();
    const call = await on.called(agent);
    const told: number[] = [];
    call.on("transfer", ({ sipCode }) => told.push(sipCode));
    expect(await call.transfer(colleague.number)).toEqual({ ok: true });
    expect(told.at(-1)).toBe(200);
    expect(await call.ended).toMatchObject({ end: "transferred" });
    await becomes(() => colleague.heard, [["INVITE", "ACK"]]);
    await on.phone.hangUp();
    await becomes(() => colleague.heard, [["INVITE", "ACK", "BYE"]]);
  });

  test("is transferred to somebody who is busy: the agent has the call back", async () => {
    const colleague = await stage.phone("is busy");
    const call = await on.called(await on.agent());
    expect(await call.transfer(colleague.number)).toMatchObject({ ok: false, because: "not-reached", sipCode: 486 });
    expect(call.state).toBe("answered");
    // A phone that holds the call itself meanwhile may leave it so.
    expect(["none", "there"]).toContain(call.held);
    await hangUp(on, call);
  });

  test("declines, and has no line left: never tried again, and no fault of the carrier's", async () => {
    const agent = await on.agent();
    const heard = await on.hear();
    const declined = agent.line.call(on.phone.number);
    await becomes(heard, [expect.stringMatching(/^rings/)]);
    await on.phone.decline();
    expect(await declined.ended).toMatchObject({ end: "callee-refused", attempts: 1, possibleDuplicate: false });
    await vi.waitFor(async () => expect((await heard()).at(-1)).toBe("over"), bound);

    const others: Call[] = [];
    while (others.length < LINES) others.push(await on.called(await on.agent()));
    const busy = agent.line.call(on.phone.number);
    expect(await busy.ended).toMatchObject({ end: "callee-refused", sipCode: 486, attempts: 1, possibleDuplicate: false });
    expect(agent.entries("attempt:started")).toHaveLength(2);
    expect(new Set(agent.line.trunks.flatMap(({ breakers }) => breakers.map(({ state }) => state)))).toEqual(new Set(["closed"]));
    for (const call of others) call.hangUp();
    await becomes(async () => (await heard()).filter((said) => said === "over").length, 1 + LINES);
  });
}
