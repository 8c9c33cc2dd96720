/** The rescue itself loses no call: what is given up is given up for something better. */
import { describe, expect, test } from "vitest";
import type { Fault } from "../../adapters/mock-trunk/index.ts";
import type { LinekeeperConfig } from "../../src/config.ts";
import { buildHouse, pass, underFakeTime, type House } from "../support/house.ts";

underFakeTime();

const number = "+21671000001";
const trunkA = {
  id: "A",
  carrier: "Carrier A",
  server: "wss://a.example",
  aor: "sip:agent7@a.example",
  credentials: { password: "secret" },
};

async function opened(change: Partial<LinekeeperConfig> = {}): Promise<House> {
  const house = buildHouse(change);
  void house.line.start();
  await pass(300);
  expect(house.line.trunks.every(({ ready }) => ready)).toBe(true);
  return house;
}

/** A call, and what it told. */
function dial(house: House, to = number) {
  const call = house.line.call(to);
  const told: string[] = [];
  for (const event of ["dialling", "slow", "ringing", "choice-needed", "answered"] as const)
    call.on(event, ({ trunkId }) => told.push(`${event} ${trunkId}`));
  call.on("ended", ({ end }) => told.push(`ended ${end}`));
  return { call, told };
}

const ringingOn = (trunk: House["a"]) => trunk.rings().filter(({ untilMs }) => untilMs === undefined);

describe("with nothing better to go to", () => {
  test("an edge that takes 0.9 s for its 100 keeps the call, and the agent is told that the line is slow", async () => {
    const house = await opened({ trunks: [trunkA] });
    house.a.fault({ kind: "slow", methods: ["INVITE"], delayMs: 900 });
    const { told } = dial(house);
    await pass(5_000);
    expect(told).toEqual(["dialling A", "slow A", "ringing A", "answered A"]);
  });

  test.each([3_000, 3_700])("an edge that takes %i ms for everything keeps the call on the flow that it went out on", async (delayMs) => {
    const house = await opened({ trunks: [trunkA] });
    house.a.fault({ kind: "slow", delayMs });
    const { told, call } = dial(house);
    await pass(12_000);
    expect(told).toEqual(["dialling A", "slow A", "ringing A", "answered A"]);
    expect(house.entries("flow:changed").filter(({ to }) => to === "waiting")).toEqual([]);
    call.hangUp();
    expect(await call.ended).toMatchObject({ attempts: 1, possibleDuplicate: false });
  });

  test.each([1_500, 3_000, 5_000])(
    "nor is a call lost that is dialled %i ms after one, while that one's BYE has the edge asked",
    async (pauseMs) => {
      const house = await opened({ trunks: [trunkA] });
      house.a.fault({ kind: "slow", delayMs: 3_000 });
      for (const to of [number, "+21671000002", "+21671000003"]) {
        const { call, told } = dial(house, to);
        call.on("answered", () => call.hangUp());
        await pass(7_000);
        expect(told).toContain("answered A");
        await pass(pauseMs - 900);
      }
      expect(house.entries("flow:changed").filter(({ to }) => to === "waiting")).toEqual([]);
    },
  );

  test("a flow that came back is not dropped for what the one before it left unanswered", async () => {
    const house = await opened({ trunks: [trunkA] });
    house.a.fault({ kind: "slow", delayMs: 2_000 });
    dial(house);
    await pass(50);
    house.a.resetAll();
    await pass(4_000);
    expect(house.entries("flow:changed").filter(({ to }) => to === "waiting")).toHaveLength(1);
    await pass(30_000);
  });

  test("a phone that rings late is not cancelled, though others rang sooner", async () => {
    const house = await opened({ trunks: [trunkA] });
    for (let calls = 0; calls < 6; calls++) {
      house.a.phone(`+2167100001${calls}`).answers({ ringAfterMs: 1_000, answerAfterMs: 100 });
      const { call } = dial(house, `+2167100001${calls}`);
      await pass(2_000);
      call.hangUp();
      await pass(500);
    }
    house.a.phone(number).answers({ ringAfterMs: 6_000, answerAfterMs: 500 });
    const { told } = dial(house);
    await pass(10_000);
    expect(told).toEqual(["dialling A", "slow A", "ringing A", "answered A"]);
    expect(house.entries("breaker:changed")).toEqual([]);
  });

  test("two trunks whose common network freezes for 1.6 s lose no call, and no phone rings twice", async () => {
    const house = await opened();
    const mends = [house.a.fault({ kind: "freeze" }), house.b.fault({ kind: "freeze" })];
    const { told } = dial(house);
    await pass(1_600);
    for (const mend of mends) mend();
    await pass(10_000);
    expect(told.at(-1)).toMatch(/^answered/);
    expect([...ringingOn(house.a), ...ringingOn(house.b)]).toEqual([]);
  });

  test("the moment another trunk becomes fit the usual rules hold again", async () => {
    const house = await opened();
    const mend = house.b.fault({ kind: "refuse" });
    house.b.resetAll();
    await pass(100);
    house.a.fault({ kind: "silence", methods: ["INVITE"] });
    const { told } = dial(house);
    await pass(1_000);
    expect(told).toEqual(["dialling A", "slow A"]);
    mend();
    await pass(5_000);
    expect(told.slice(2)).toEqual(["dialling B", "ringing B", "answered B"]);
  });

  test.each([
    ["before the INVITE was written", (house: House) => house.a.resetAll()],
    ["by the INVITE", (house: House) => house.a.fault({ kind: "reset-on", methods: ["INVITE"], times: 1 })],
  ])("a socket that is lost %s waits for the next flow", async (_, lose) => {
    const house = await opened({ trunks: [trunkA] });
    lose(house);
    const { told } = dial(house);
    await pass(8_000);
    expect(told.at(-1)).toBe("answered A");
  });

  test.each([
    ["rings no longer than any other", 120_000, "ended failed", undefined],
    ["and meets silence then is over with its transaction", 32_000, "choice-needed A", { kind: "silence", methods: ["INVITE"] }],
  ] as const)("an INVITE that is challenged after the phone rang %s", async (_, limitMs, end, fault) => {
    const house = await opened();
    const challenge = ['WWW-Authenticate: Digest realm="a.example", nonce="n", qop="auth"'];
    house.a.phone(number).doesNotAnswer();
    house.a.fault({ kind: "reject", methods: ["INVITE"], code: 401, after: 180, times: 1, headers: challenge });
    const { call, told } = dial(house);
    call.on("ringing", () => fault && house.a.fault(fault));
    await pass(limitMs - 2_000);
    expect(told).toEqual(["dialling A", "ringing A"]);
    await pass(4_000);
    expect(told).toEqual(["dialling A", "ringing A", end]);
    expect(ringingOn(house.a)).toEqual([]);
    call.hangUp();
  });

  test("an edge that falls at each INVITE gets two, not one after the other for ever", async () => {
    const house = await opened({ trunks: [trunkA] });
    house.a.fault({ kind: "reset-on", methods: ["INVITE"] });
    const { told } = dial(house);
    await pass(60_000);
    expect(told).toEqual(["dialling A", "dialling A", "ended failed"]);
  });
});

describe("a call that waits for a trunk", () => {
  const prefersA = [
    { ...trunkA, priority: 0 },
    { ...trunkA, id: "B", carrier: "Carrier B", server: "wss://b.example", aor: "sip:agent7@b.example", priority: 1 },
  ];

  test.each([400, 440, 475])(
    "takes one that came shortly before its time is up, after two answers of %i ms, though a better one is on its way",
    async (delayMs) => {
      const house = buildHouse({ trunks: prefersA, limits: { trunkWaitMs: 1_000 } });
      house.a.fault({ kind: "hang-upgrade" });
      house.b.fault({ kind: "slow", methods: ["REGISTER"], delayMs });
      void house.line.start();
      const { call, told } = dial(house);
      await pass(3_000);
      expect(told.at(-1)).toBe("answered B");
      call.hangUp();
    },
  );

  test("goes by the integrator's own order, and waits for none that the settings put before", async () => {
    const house = buildHouse({
      trunks: prefersA,
      policy: ({ candidates }) => candidates.map(({ trunkId }) => trunkId).filter((id) => id === "B"),
    });
    house.a.fault({ kind: "hang-upgrade" });
    void house.line.start();
    const { call, told } = dial(house);
    await pass(150);
    expect(told[0]).toBe("dialling B");
    call.hangUp();
  });

  test.each([1, 2, 3, 4, 5])("is over where the policy hangs up when asked for the %i. time, and leaves nothing behind", async (nth) => {
    let asked = 0;
    const house = buildHouse({
      trunks: prefersA,
      emergencyNumbers: ["112"],
      policy({ candidates }) {
        if (++asked === nth) for (const call of house.line.calls) call.hangUp();
        return candidates.map(({ trunkId }) => trunkId);
      },
    });
    for (const trunk of [house.a, house.b]) trunk.fault({ kind: "refuse" });
    for (const to of [number, "112"]) {
      asked = 0;
      const { call } = dial(house, to);
      await pass(12_000);
      expect(call.state).toBe("ended");
      const before = asked;
      await pass(130_000);
      expect(asked).toBe(before);
    }
  });
});

describe("an emergency call", () => {
  test.each([404, 408, 480, 484, 486, 487, 488, 500, 600, 603, 604, 608])("that A refuses by %i goes out over B", async (code) => {
    const house = await opened();
    house.a.fault({ kind: "reject", methods: ["INVITE"], code });
    const { told } = dial(house, "190");
    await pass(5_000);
    expect(told.at(-1)).toBe("answered B");
  });

  test("goes on over B when A fails after it rang: nobody is asked", async () => {
    const house = await opened();
    house.a.fault({ kind: "reject", methods: ["INVITE"], code: 503, after: 180 });
    const { told } = dial(house, "190");
    await pass(5_000);
    expect(told).toEqual(["dialling A", "ringing A", "dialling B", "ringing B", "answered B"]);
  });

  test.each<[string, number, (call: ReturnType<typeof dial>["call"]) => void]>([
    ["is answered elsewhere", 1_000, () => {}],
    ["is hung up", 1_000, (call) => call.hangUp()],
    ["rings on elsewhere for longer than an INVITE is followed", 34_000, () => {}],
  ])("leaves no phone ringing whose flow was lost under it, once it %s", async (what, afterMs, act) => {
    const house = await opened();
    house.a.phone("190").doesNotAnswer();
    if (!what.includes("answered")) house.b.phone("190").doesNotAnswer();
    const { told, call } = dial(house, "190");
    await pass(200);
    house.a.resetAll();
    await pass(afterMs);
    expect(told.slice(0, 4)).toEqual(["dialling A", "ringing A", "dialling B", "ringing B"]);
    act(call);
    await pass(2_000);
    expect(ringingOn(house.a)).toEqual([]);
    call.hangUp();
    await pass(1_000);
    expect(ringingOn(house.b)).toEqual([]);
  });

  test("within the start, by whoever is told of it, starts the line once", async () => {
    const left: number[] = [];
    let joined = 0;
    const shared = { restore: () => undefined, save() {}, tell() {}, join: () => ((joined += 1), () => void left.push(joined)) };
    const house = buildHouse({ shared });
    let call: ReturnType<typeof house.line.call> | undefined;
    house.line.on("trunk:changed", () => (call ??= house.line.call("190")));
    void house.line.start();
    await pass(2_000);
    expect(call?.state).toBe("answered");
    expect(joined).toBe(1);
  });

  test("survives both sockets that fall at its INVITE", async () => {
    const house = await opened();
    for (const trunk of [house.a, house.b]) trunk.fault({ kind: "reset-on", methods: ["INVITE"], times: 1 });
    const { told } = dial(house, "190");
    await pass(15_000);
    expect(told.at(-1)).toMatch(/^answered/);
  });

  test("before start() starts the line", async () => {
    const house = buildHouse();
    const { told } = dial(house, "190");
    await pass(12_000);
    expect(told.at(-1)).toMatch(/^answered/);
  });

  test.each([9_000, 25_000, 100_000])("waits for its only trunk, whose edge hangs for %i ms, and is told so", async (hangsMs) => {
    const house = buildHouse({ trunks: [trunkA] });
    const mend = house.a.fault({ kind: "hang-upgrade" });
    void house.line.start();
    const { told, call } = dial(house, "190");
    await pass(hangsMs);
    expect(call.state).toBe("preparing");
    mend();
    // A try that hangs takes its time, and so does the back-off after it.
    await pass(20_000);
    expect(told).toEqual(["slow A", "dialling A", "ringing A", "answered A"]);
    call.hangUp();
  });

  test("for which nothing comes up is over after two minutes more, or whenever the agent wishes: nobody is put through to who has left", async () => {
    const house = buildHouse({ trunks: [trunkA] });
    house.a.fault({ kind: "refuse" });
    const [left, ended] = [dial(house, "190"), dial(house, "112")];
    ended.call.on("slow", () => ended.call.hangUp());
    await pass(129_000);
    expect([left.told, ended.told]).toEqual([["slow A"], ["slow A", "ended hung-up-here"]]);
    await pass(2_000);
    expect(left.told.at(-1)).toBe("ended refused");
  });

  test("goes out without a microphone, and has audio once it can be had", async () => {
    let isDenied = true;
    const answers: string[] = [];
    const house = await opened({
      media: {
        open: () => ({
          offer: () => (isDenied ? Promise.reject(new DOMException("no", "NotAllowedError")) : Promise.resolve("v=0\r\no=with audio")),
          answer: () => Promise.resolve(""),
          applyAnswer: (_, offer) => Promise.resolve(void answers.push(offer ?? "")),
          close() {},
        }),
      },
    });
    const { told, call } = dial(house, "190");
    await pass(3_000);
    expect(told.at(-1)).toBe("answered A");
    expect(answers).toEqual([]);
    isDenied = false;
    await pass(40_000);
    expect(answers).toEqual(["v=0\r\no=with audio"]);
    expect(call.state).toBe("answered");
  });
});

describe("a prompt for the microphone that nobody answers", () => {
  const unanswered = () => new Promise<string>(() => {});
  const media = { open: () => ({ offer: unanswered, answer: unanswered, applyAnswer: () => Promise.resolve(), close() {} }) };

  test.each([
    ["keeps an emergency call for three seconds at most", "190", 3_500, ["dialling A", "ringing A", "answered A"]],
    ["ends an ordinary one, for want of audio", number, 15_000, ["ended refused"]],
  ])("%s", async (_, to, withinMs, expected) => {
    const house = await opened({ media });
    const { told } = dial(house, to);
    await pass(withinMs);
    expect(told).toEqual(expected);
  });
});

describe("the summary says why, where a user interface can reach it", () => {
  test("the peer's own code", async () => {
    const house = await opened();
    house.a.phone(number).isBusy();
    const { call } = dial(house);
    await pass(3_000);
    expect(await call.ended).toMatchObject({ end: "callee-refused", sipCode: 486, outcome: { class: "callee" } });
  });

  test("the browser's own exception", async () => {
    const denied = () => Promise.reject(new DOMException("no", "NotAllowedError"));
    const house = await opened({
      media: { open: () => ({ offer: denied, answer: denied, applyAnswer: () => Promise.resolve(), close() {} }) },
    });
    const { call } = dial(house);
    await pass(100);
    expect(await call.ended).toMatchObject({ end: "refused", refusal: "media-failed", error: "NotAllowedError" });
  });
});

describe("an agent who clicks twice", () => {
  test("gets the call that is going; when asked for it, or once it is answered, another", async () => {
    const house = await opened();
    house.a.phone(number).answers({ ringAfterMs: 500, answerAfterMs: 1_000 });
    const { call } = dial(house);
    for (const same of [" +216 71 000 001", "0021671000001", "71 000 001"]) expect(house.line.call(same)).toBe(call);
    await pass(700);
    expect(call.state).toBe("ringing");
    expect(house.line.call(number)).toBe(call);
    expect(house.entries("call:placed")).toHaveLength(1);
    expect(house.line.call(number, { again: true })).not.toBe(call);
    await pass(5_000);
    expect(call.state).toBe("answered");
    expect(house.line.call(number)).not.toBe(call);
    for (const each of house.line.calls) each.hangUp();
    await pass(1_000);
  });

  test("or a listener that calls, or hangs up, as soon as it reads of the call, does so with that very call", async () => {
    const house = await opened();
    const again: unknown[] = [];
    house.line.on("journal:written", ({ type }) => {
      if (type !== "call:placed") return;
      again.push(house.line.call(number));
      for (const each of house.line.calls) each.hangUp();
    });
    const { call } = dial(house);
    expect(again).toEqual([call]);
    await pass(2_000);
    expect(await call.ended).toMatchObject({ end: "hung-up-here", attempts: 0 });
    expect(house.entries("call:placed")).toHaveLength(1);
  });
});

describe("two phones that answer late at A, when B has answered", () => {
  test.each<[string, Fault]>([
    ["the socket is reset at our BYE", { kind: "reset-on", methods: ["BYE"], times: 1 }],
    ["the socket is reset at our ACK", { kind: "reset-on", methods: ["ACK"], times: 1 }],
    ["A mislays our BYE", { kind: "silence", methods: ["BYE"], times: 1 }],
    ["A mislays both BYEs", { kind: "silence", methods: ["BYE"], times: 2 }],
    ["A is frozen for 15 s, and reset", { kind: "freeze" }],
  ])("are both let go, where %s", async (_, fault) => {
    const house = await opened();
    for (const kind of ["fork", "no-487"] as const) house.a.fault({ kind });
    house.a.fault({ kind: "late", alertAfterMs: 1_500, answerAfterMs: 4_000 });
    const { call, told } = dial(house);
    await pass(3_995);
    house.a.fault(fault);
    await pass(15_000);
    house.a.clearFaults();
    if (fault.kind === "freeze") house.a.resetAll();
    await pass(20_000);
    expect(told.at(-1)).toBe("answered B");
    expect(house.a.calls).toMatchObject([{ state: "ended", forksUp: 0 }]);
    call.hangUp();
    await pass(1_000);
    expect(await call.ended).toMatchObject({ possibleDuplicate: true });
  });
});

describe("what may have rung", () => {
  test("a late 200 without a 180, after the next trunk has rung, is marked", async () => {
    const house = await opened();
    house.a.fault({ kind: "late", answerAfterMs: 3_000 });
    const { call } = dial(house);
    await pass(60_000);
    call.hangUp();
    await pass(1_000);
    expect(await call.ended).toMatchObject({ possibleDuplicate: true });
  });

  test.each([
    ["180", "SIP/2.0 180 Ringing\r\nVia: ?\r\nCSeq: 1 INVITE\r\n\r\n"],
    ["200", "SIP/2.0 200 OK\r\nContact: <sip:customer@a.example>\r\n\r\n"],
    ["what nobody can tell", "180"],
  ])("a %s that could not be read, before a refusal that could, marks the next attempt", async (_, text) => {
    const house = await opened();
    house.a.fault({ kind: "garbage", methods: ["INVITE"], text });
    house.a.fault({ kind: "reject", methods: ["INVITE"], code: 503 });
    const { call, told } = dial(house);
    await pass(5_000);
    expect(told).toEqual(["dialling A", "dialling B", "ringing B", "answered B"]);
    call.hangUp();
    await pass(1_000);
    expect(await call.ended).toMatchObject({ possibleDuplicate: true });
    const other = dial(house, "+21671000099");
    await pass(5_000);
    other.call.hangUp();
    await pass(1_000);
    expect(await other.call.ended).toMatchObject({ possibleDuplicate: false });
  });

  test.each(["180", "200"])("a %s that is all that comes of an attempt, and could not be read, marks the next", async (code) => {
    const house = await opened();
    house.a.fault({ kind: "garbage", methods: ["INVITE"], text: `SIP/2.0 ${code} OK\r\n\r\n` });
    house.a.fault({ kind: "silence", methods: ["INVITE"] });
    const { call, told } = dial(house);
    await pass(5_000);
    expect(told.at(-1)).toBe("answered B");
    call.hangUp();
    await pass(40_000);
    expect(await call.ended).toMatchObject({ possibleDuplicate: true });
  });

  test("the agent's redial after an end that nobody confirmed is marked", async () => {
    const house = await opened();
    house.a.fault({ kind: "stall", after: 100 });
    house.a.fault({ kind: "silence", methods: ["CANCEL"] });
    const { call, told } = dial(house);
    call.on("choice-needed", () => call.redial());
    await pass(40_000);
    expect(told).toEqual(["dialling A", "choice-needed A", "dialling B", "ringing B", "answered B"]);
    call.hangUp();
    await pass(40_000);
    expect(await call.ended).toMatchObject({ possibleDuplicate: true });
  });

  test("an earlier call to the same number that nobody confirmed the end of marks the next, for a minute", async () => {
    const house = await opened();
    house.a.fault({ kind: "freeze" });
    house.b.fault({ kind: "freeze" });
    const { call } = dial(house);
    await pass(100);
    call.hangUp();
    await pass(35_000);
    expect(await call.ended).toMatchObject({ end: "hung-up-here", possibleDuplicate: false });
    house.a.clearFaults();
    house.b.clearFaults();
    await pass(20_000);
    const again = dial(house, "71 000 001").call;
    const other = house.line.call("+21671000099");
    await pass(2_000);
    again.hangUp();
    other.hangUp();
    await pass(1_000);
    expect(await again.ended).toMatchObject({ possibleDuplicate: true });
    expect(await other.ended).toMatchObject({ possibleDuplicate: false });
    await pass(61_000);
    const later = dial(house).call;
    await pass(2_000);
    later.hangUp();
    await pass(1_000);
    expect(await later.ended).toMatchObject({ possibleDuplicate: false });
  });
});

describe("what start() gives back says what failed", () => {
  test.each([
    ["a registrar that refuses us", { kind: "reject", methods: ["REGISTER"], code: 503 }, { what: "registration", code: 503 }],
    ["a socket that does not open", { kind: "refuse" }, { what: "connection", code: 1006 }],
  ] as const)("%s, until it has bound us", async (_, fault, lastError) => {
    const house = buildHouse({ trunks: [trunkA] });
    const mend = house.a.fault(fault);
    const started = house.line.start();
    await pass(6_000);
    expect((await started)[0]).toMatchObject({ ready: false, lastError });
    mend();
    await pass(60_000);
    expect(house.line.trunks[0]).toMatchObject({ ready: true });
    expect(house.line.trunks[0]).not.toHaveProperty("lastError");
  });
});
