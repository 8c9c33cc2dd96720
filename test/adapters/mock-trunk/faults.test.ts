import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createMockTrunk, memorySocket, rungTwice, type Fault, type MockTrunkOptions } from "../../../adapters/mock-trunk/index.ts";
import { header } from "../../../adapters/mock-trunk/message.ts";
import { seededRandom } from "../../../examples/outage-drill/random.ts";
import { RawSipClient } from "../../support/raw-sip-client.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance", "Date"] });
});
afterEach(() => {
  vi.useRealTimers();
});

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
const number = "+21671000001";
const target = `sip:${number}@carrier.example`;

async function setUp(options: Partial<MockTrunkOptions> = {}) {
  const trunk = createMockTrunk({ name: "Carrier", domain: "carrier.example", random: seededRandom(1), ...options });
  const client = new RawSipClient(memorySocket(trunk), "wss://carrier.example");
  await pass(5);
  return { trunk, client };
}

/** Sends an INVITE and tells what was heard of it within `ms`. */
async function invite(client: RawSipClient, ms = 1_000, callId = "call", uri = target): Promise<number[]> {
  const before = client.codes("INVITE").length;
  client.request("INVITE", { uri, callId, body: "m=audio 4000 UDP/TLS/RTP/SAVPF 0\r\n" });
  await pass(ms);
  return client.codes("INVITE").slice(before);
}

describe("faults, each of which would be missed", () => {
  test.each<[string, Fault | undefined, number[]]>([
    ["none", undefined, [100, 180, 200]],
    ["silence", { kind: "silence", methods: ["INVITE"] }, []],
    ["stall after 100", { kind: "stall", after: 100 }, [100]],
    ["stall after 180", { kind: "stall", after: 180 }, [100, 180]],
    ["stall after 183", { kind: "stall", after: 183 }, [100, 183]],
    ["reject", { kind: "reject", code: 503 }, [503]],
    ["reject after 100", { kind: "reject", code: 503, after: 100 }, [100, 503]],
    ["reject after 180", { kind: "reject", code: 486, after: 180 }, [100, 180, 486]],
    ["reject after 183", { kind: "reject", code: 500, after: 183 }, [100, 183, 500]],
    ["late", { kind: "late", alertAfterMs: 300, answerAfterMs: 400 }, [180, 200]],
    ["fork", { kind: "fork" }, [100, 180, 200, 200]],
    ["another prefix", { kind: "silence", prefix: "+33" }, [100, 180, 200]],
    ["this prefix", { kind: "silence", prefix: "+21671" }, []],
    ["another method", { kind: "silence", methods: ["OPTIONS"] }, [100, 180, 200]],
  ])("%s", async (_, fault, heard) => {
    const { trunk, client } = await setUp();
    const mend = fault && trunk.fault(fault);
    expect(await invite(client, 450)).toEqual(heard);
    client.request("ACK", { callId: "call" });
    mend?.();
    expect(await invite(client, 450, "after")).toEqual([100, 180, 200]);
    trunk.close();
  });

  test("reject carries its Reason and Retry-After", async () => {
    const { trunk, client } = await setUp();
    trunk.fault({ kind: "reject", code: 503, phrase: "Busy Lines", q850: 34, location: "LN", text: "no circuit", retryAfterS: 30 });
    await invite(client);
    const refused = client.last(503);
    expect(client.frames.at(-1)).toMatch(/^SIP\/2\.0 503 Busy Lines\r\n/);
    expect([refused && header(refused, "reason"), refused && header(refused, "retry-after")]).toEqual([
      'Q.850;cause=34;text="no circuit";location=LN',
      "30",
    ]);
    trunk.close();
  });

  test("slow: handled later", async () => {
    const { trunk, client } = await setUp();
    trunk.fault({ kind: "slow", methods: ["OPTIONS"], delayMs: 500 });
    client.request("OPTIONS");
    await pass(450);
    expect(client.codes("OPTIONS")).toEqual([]);
    await pass(100);
    expect(client.codes("OPTIONS")).toEqual([200]);
    trunk.close();
  });

  test("a brown-out hits its share, by the trunk's own random source", async () => {
    const { trunk, client } = await setUp();
    trunk.fault({ kind: "reject", code: 503, share: 0.3 });
    for (let call = 0; call < 200; call++) client.request("OPTIONS");
    await pass(10);
    const refused = client.codes("OPTIONS").filter((code) => code === 503).length;
    expect(refused).toBeGreaterThan(40);
    expect(refused).toBeLessThan(80);
    trunk.close();
  });

  test.each<[string, Fault | undefined, number[]]>([
    ["none: 487", undefined, [100, 180, 487]],
    ["no-487", { kind: "no-487" }, [100, 180]],
    ["answer-on-cancel", { kind: "answer-on-cancel" }, [100, 180, 200]],
  ])("CANCEL, %s", async (_, fault, heard) => {
    const { trunk, client } = await setUp();
    trunk.phone(number).doesNotAnswer();
    if (fault) trunk.fault(fault);
    client.request("INVITE", { uri: target, callId: "call", branch: "z9hG4bKx" });
    await pass(100);
    client.request("CANCEL", { uri: target, callId: "call", branch: "z9hG4bKx" });
    await pass(100);
    expect([client.codes("CANCEL"), client.codes("INVITE")]).toEqual([[200], heard]);
    trunk.close();
  });

  test("an answer that is not acknowledged is repeated, and no longer than 64·T1", async () => {
    const { trunk, client } = await setUp();
    await invite(client, 40_000);
    const repeats = client.codes("INVITE").filter((code) => code === 200).length;
    expect(repeats).toBeGreaterThan(4);
    await pass(60_000);
    expect(client.codes("INVITE").filter((code) => code === 200)).toHaveLength(repeats);
    trunk.close();
  });

  test("forget-contact, short-binding, no-pong, reset-on", async () => {
    const { trunk, client } = await setUp();
    trunk.fault({ kind: "forget-contact" });
    client.request("REGISTER");
    await pass(10);
    expect(client.last(200)?.headers.some(([name]) => name === "contact")).toBe(false);
    trunk.clearFaults();
    trunk.fault({ kind: "short-binding", expiresS: 20 });
    client.request("REGISTER", { cseq: 2 });
    await pass(10);
    const bound = client.last(200);
    expect(bound && header(bound, "contact")).toMatch(/expires=20$/);
    await pass(20_000);
    expect(trunk.registrations).toEqual([]);
    trunk.fault({ kind: "no-pong" });
    client.send("\r\n\r\n");
    await pass(10);
    expect(client.frames).not.toContain("\r\n");
    trunk.fault({ kind: "reset-on", methods: ["INVITE"], after: 100 });
    expect(await invite(client)).toEqual([100]);
    expect(client.closeCode).toBe(1006);
    trunk.close();
  });
});

describe("digest", () => {
  const users = { agent7: "secret" };

  test.each([
    ["right", "secret", 200],
    ["wrong", "guess", 403],
  ])("REGISTER with the %s password", async (_, password, code) => {
    const { trunk, client } = await setUp({ users });
    client.request("REGISTER", { callId: "r" });
    await pass(10);
    expect(client.codes("REGISTER")).toEqual([401]);
    client.request("REGISTER", { callId: "r", cseq: 2, lines: [client.authorization("REGISTER", "sip:carrier.example", password)] });
    await pass(10);
    expect(client.codes("REGISTER")).toEqual([401, code]);
    trunk.close();
  });

  test("INVITE is challenged too, unless only REGISTER is; a stale nonce is said to be one", async () => {
    const { trunk, client } = await setUp({ users });
    expect(await invite(client, 10)).toEqual([407]);
    trunk.expireNonces();
    client.request("INVITE", { uri: target, callId: "call", cseq: 2, lines: [client.authorization("INVITE", target, "secret")] });
    await pass(10);
    const challenge = client.last(407);
    expect(challenge && header(challenge, "proxy-authenticate")).toContain("stale=true");
    client.request("INVITE", { uri: target, callId: "call", cseq: 3, lines: [client.authorization("INVITE", target, "secret")] });
    await pass(500);
    expect(client.codes("INVITE").slice(-2)).toEqual([180, 200]);
    trunk.close();

    const lenient = await setUp({ users, challenge: "register" });
    expect(await invite(lenient.client, 450)).toEqual([100, 180, 200]);
    lenient.trunk.close();
  });
});

describe("phones", () => {
  test.each([
    ["isBusy", [100, 486]],
    ["declines", [100, 603]],
    ["isUnallocated", [100, 404]],
    ["doesNotAnswer", [100, 180]],
  ] as const)("%s", async (habit, heard) => {
    const { trunk, client } = await setUp();
    trunk.phone(number)[habit]();
    expect(await invite(client)).toEqual(heard);
    trunk.close();
  });

  test("early media, and a callee who hangs up; the number is found whatever the URI's parameters", async () => {
    const { trunk, client } = await setUp();
    trunk.phone(number).answers({ earlyMedia: true, hangUpAfterMs: 100 });
    client.request("INVITE", { uri: "sip:%2B216-71.000(001);phone-context=x@carrier.example;user=phone", callId: "call" });
    await pass(100);
    client.request("ACK", { callId: "call" });
    await pass(1_000);
    expect(client.codes("INVITE")).toEqual([100, 183, 200]);
    expect(client.last("BYE")).toBeDefined();
    trunk.close();
  });
});

describe("what no softphone should send", () => {
  test("a merged request is 482, an unknown dialog 481, an unknown method 501; nonsense and 10 MB are not even read", async () => {
    const { trunk, client } = await setUp();
    await invite(client, 50);
    client.request("INVITE", { uri: target, callId: "call", branch: "z9hG4bKother" });
    client.request("BYE", { callId: "nowhere" });
    client.request("DANCE");
    client.send("garbage");
    client.send(`OPTIONS sip:x SIP/2.0\r\n${"x".repeat(10_000_000)}\r\n\r\n`);
    await pass(10);
    expect([client.codes("INVITE").includes(482), client.codes("BYE"), client.codes("DANCE")]).toEqual([true, [481], [501]]);
    expect(trunk.log.filter(({ what }) => what === "unreadable")).toHaveLength(2);
    trunk.close();
  });
});

describe("a call to the agent", () => {
  test("answered, declined, given up", async () => {
    const { trunk, client } = await setUp();
    client.request("REGISTER");
    await pass(10);
    const taken = trunk.call("agent7", { from: "+21698000001" });
    await pass(10);
    client.answer(client.last("INVITE") ?? fail(), 200, [], "v=0");
    await pass(10);
    expect([await taken.settled, taken.answer, client.last("ACK") !== undefined]).toEqual(["answered", "v=0", true]);
    taken.hangUp();
    await pass(10);
    expect(client.last("BYE")).toBeDefined();
    const declined = trunk.call("agent7", { from: "+21698000002" });
    await pass(10);
    client.answer(client.last("INVITE") ?? fail(), 486);
    await pass(10);
    expect([declined.state, declined.code]).toEqual(["refused", 486]);
    trunk.call("agent7", { from: "+21698000003" }).cancel();
    await pass(10);
    expect(client.last("CANCEL")).toBeDefined();
    trunk.close();
  });

  test("nobody registered is an error that says so", async () => {
    const { trunk } = await setUp();
    expect(() => trunk.call("nobody", { from: "+1" })).toThrow('Carrier: agent "nobody" is not registered');
    trunk.close();
  });
});

describe("the log", () => {
  test("tells which phone rang how often, over all carriers", async () => {
    const one = await setUp();
    const two = await setUp();
    await invite(one.client);
    expect(rungTwice([one.trunk, two.trunk])).toEqual([]);
    await invite(two.client);
    expect(rungTwice([one.trunk, two.trunk])).toEqual([number]);
    one.trunk.close();
    two.trunk.close();
  });

  test("is bounded", async () => {
    const { trunk, client } = await setUp({ logLimit: 10 });
    for (let probe = 0; probe < 50; probe++) client.request("OPTIONS");
    await pass(10);
    expect(trunk.log).toHaveLength(10);
    trunk.close();
  });
});

describe("mistakes are named", () => {
  test.each<[object, RegExp]>([
    [{ kind: "flood" }, /^fault\.kind "flood" is not known; there are silence, /],
    [{ kind: "silence", method: "INVITE" }, /^fault\.method is not a field of "silence"/],
    [{ kind: "slow" }, /^fault\.delayMs is missing in "slow"/],
    [{ kind: "silence", share: 30 }, /^fault\.share must be above 0 and at most 1, not 30/],
    [{ kind: "reject", code: 200 }, /^fault\.code must be 300 to 699/],
  ])("%j", async (fault, message) => {
    const { trunk } = await setUp();
    expect(() => trunk.fault(fault as Fault)).toThrow(message);
    trunk.close();
  });

  test.each<[object, RegExp]>([
    [{ nmae: "x" }, /^nmae is not an option of createMockTrunk\(\)/],
    [{ domain: "" }, /^domain must be a text/],
    [{ challenge: "sometimes" }, /^challenge must be/],
    [{ grantedS: 0 }, /^grantedS must be above 0/],
  ])("%j", (options, message) => {
    expect(() => createMockTrunk({ name: "x", domain: "x", ...options } as MockTrunkOptions)).toThrow(message);
  });
});

test("close() leaves no timer and no connection", async () => {
  const { trunk, client } = await setUp();
  await invite(client, 30);
  trunk.close();
  await pass(5);
  expect([trunk.connections, vi.getTimerCount()]).toEqual([0, 0]);
});

function fail(): never {
  throw new Error("no INVITE came");
}
