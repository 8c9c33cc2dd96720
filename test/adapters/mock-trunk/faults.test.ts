/** Every fault: what a softphone and the customer's phone see of it, and that they see something else without it. */
import { describe, expect, test } from "vitest";
import { type FaultKind, faultKinds, type FaultOf, type MockTrunkOptions } from "../../../adapters/mock-trunk/index.ts";
import type { Frame } from "../../support/sip-text.ts";
import { bench, type Bench, number } from "./bench.ts";

/** What one fault does. */
interface Case<K extends FaultKind> {
  readonly fault: FaultOf<K>;
  /** Of the trunk. */
  readonly options?: Partial<MockTrunkOptions>;
  /** Plays a scene in which it matters, and tells what was seen. */
  scene(on: Bench): unknown;
  readonly seen: unknown;
}

const cases: { readonly [K in FaultKind]: readonly Case<K>[] } = {
  silence: [
    {
      fault: { kind: "silence" },
      scene({ client, trunk }) {
        client.ping();
        return [
          client.codes(client.options()),
          client.codes(client.invite(number)),
          client.pongs,
          trunk.log.filter(({ what }) => what === "swallowed").length,
        ];
      },
      seen: [[], [], 0, 3],
    },
    {
      fault: { kind: "silence", methods: ["INVITE"], prefix: "+21671" },
      scene: ({ client }) =>
        [client.invite(number), client.invite("+33123456789"), client.options()].map((request) => client.codes(request)),
      seen: [[], [100], [200]],
    },
  ],
  stall: ([100, 180, 183] as const).map((after) => ({
    fault: { kind: "stall", after },
    scene: (on) => call(on),
    seen: { codes: after === 100 ? [100] : [100, after], rings: after === 100 ? 0 : 1 },
  })),
  reject: [
    { fault: { kind: "reject", code: 503 }, scene: (on) => call(on), seen: { codes: [503], rings: 0 } },
    { fault: { kind: "reject", code: 503, after: 100 }, scene: (on) => call(on), seen: { codes: [100, 503], rings: 0 } },
    { fault: { kind: "reject", code: 486, after: 183 }, scene: (on) => call(on), seen: { codes: [100, 183, 486], rings: 1 } },
    {
      fault: { kind: "reject", methods: ["REGISTER", "BYE"], code: 500 },
      scene: ({ client }) =>
        [client.register(), client.options(), client.request("BYE", "sip:x@a.example")].map((request) => client.codes(request)),
      seen: [[500], [200], [500]],
    },
    {
      fault: { kind: "reject", code: 503, phrase: "Full", q850: 34, location: "LN", text: "No circuit", retryAfterS: 30 },
      scene: ({ client }) => (
        client.options(),
        [client.last.raw.split("\r\n")[0], client.last.get("Reason"), client.last.get("Retry-After")]
      ),
      seen: ["SIP/2.0 503 Full", 'Q.850;cause=34;text="No circuit";location=LN', "30"],
    },
  ],
  slow: [
    {
      fault: { kind: "slow", delayMs: 500, methods: ["OPTIONS"] },
      scene({ client, clock }) {
        const request = client.options();
        const before = client.codes(request);
        clock.advance(499);
        return [before, client.codes(request), (clock.advance(1), client.codes(request))];
      },
      seen: [[], [], [200]],
    },
  ],
  late: [
    { fault: { kind: "late", alertAfterMs: 5_000 }, scene: (on) => timeline(on), seen: { atMs: { 180: 5_000 }, endedBy: [undefined] } },
    { fault: { kind: "late", answerAfterMs: 5_000 }, scene: (on) => timeline(on), seen: { atMs: { 200: 5_000 }, endedBy: ["answered"] } },
    {
      fault: { kind: "late", alertAfterMs: 5_000, answerAfterMs: 6_000 },
      scene: (on) => timeline(on),
      seen: { atMs: { 180: 5_000, 200: 6_000 }, endedBy: ["answered"] },
    },
  ],
  ghost: [
    {
      fault: { kind: "ghost", ringMs: 3_000 },
      scene: (on) => [call(on).codes, on.trunk.rings(number).map(({ fromMs, untilMs, endedBy }) => [fromMs, untilMs, endedBy])],
      seen: [[], [[0, 3_000, "given-up"]]],
    },
    {
      fault: { kind: "ghost", code: 503 },
      scene: (on) => [call(on).codes, on.trunk.rings(number).map(({ fromMs, untilMs }) => [fromMs, untilMs])],
      seen: [[100, 503], [[0, 10_000]]],
    },
  ],
  "no-487": [
    {
      fault: { kind: "no-487" },
      scene: (on) => cancelWhileRinging(on),
      seen: { cancel: [200], invite: [100, 180], endedBy: [undefined] },
    },
  ],
  "answer-on-cancel": [
    {
      fault: { kind: "answer-on-cancel" },
      scene: (on) => cancelWhileRinging(on),
      seen: { cancel: [200], invite: [100, 180, 200], endedBy: ["answered"] },
    },
  ],
  "duplicate-200": [
    {
      fault: { kind: "duplicate-200" },
      scene: (on) => [
        call(on).codes,
        new Set(
          on.client
            .responses()
            .slice(1)
            .map((frame) => frame.get("To")),
        ).size,
      ],
      seen: [[100, 180, 200, 200], 1],
    },
  ],
  fork: [
    {
      fault: { kind: "fork" },
      scene(on) {
        const { client, trunk } = on;
        const invite = client.invite(number);
        on.clock.advance(100);
        const answers = client.responses().filter(({ method }) => method === "200");
        // The second dialog is ended; the first goes on.
        const bye = client.within("BYE", invite);
        return [
          answers.length,
          new Set(answers.map((frame) => frame.get("To"))).size,
          client.codes(bye),
          trunk.calls[0]?.state,
          trunk.rings(number).length,
        ];
      },
      seen: [2, 2, [200], "answered", 1],
    },
  ],
  "drop-bye": [
    {
      fault: { kind: "drop-bye" },
      scene(on) {
        const invite = on.client.invite(number);
        on.clock.advance(100);
        on.client.ack(invite);
        return [on.client.codes(on.client.within("BYE", invite)), on.trunk.calls[0]?.state];
      },
      seen: [[], "ended"],
    },
  ],
  "no-pong": [
    {
      fault: { kind: "no-pong" },
      scene: ({ client }) => (client.ping(), [client.pongs, client.codes(client.options())]),
      seen: [0, [200]],
    },
  ],
  "forget-contact": [
    {
      fault: { kind: "forget-contact" },
      scene: ({ client, trunk }) => [client.codes(client.register()), client.last.all("Contact"), trunk.registrations],
      seen: [[200], [], []],
    },
  ],
  "short-binding": [
    {
      fault: { kind: "short-binding", expiresS: 60 },
      scene({ client, trunk, clock }) {
        client.register(300);
        const granted = /expires=\d+/.exec(client.last.get("Contact"))?.[0];
        clock.advance(60_000);
        return [granted, trunk.registrations];
      },
      seen: ["expires=60", []],
    },
  ],
  "stale-nonce": [
    {
      fault: { kind: "stale-nonce" },
      options: { users: { agent7: "secret" } },
      scene({ client }) {
        const first = client.register();
        const second = client.authorize(first, client.last, "secret");
        const isStale = client.last.get("WWW-Authenticate").includes("stale=true");
        return [client.codes(second), isStale, client.codes(client.authorize(second, client.last, "secret"))];
      },
      seen: [[401], true, [200]],
    },
  ],
  "no-preemptive": [
    {
      fault: { kind: "no-preemptive", code: 403 },
      options: { users: { agent7: "secret" } },
      scene({ client }) {
        const first = client.register();
        const challenge = client.last;
        const other = client.register();
        const asked = client.authorize(other, client.last, "secret");
        const unasked = client.authorize(client.register(), challenge, "secret");
        return [client.codes(first), client.codes(asked), client.codes(unasked)];
      },
      seen: [[401], [200], [403]],
    },
    {
      fault: { kind: "no-preemptive" },
      options: { users: { agent7: "secret" } },
      scene({ client, trunk }) {
        const challenged = client.register();
        const challenge = client.last;
        client.authorize(client.register(), challenge, "secret");
        return [client.codes(challenged), trunk.connections];
      },
      seen: [[401], 0],
    },
  ],
  garbage: [
    {
      fault: { kind: "garbage", text: "hello" },
      scene: ({ client }) => (client.options(), [client.frames[0]?.raw, client.last.method]),
      seen: ["hello", "200"],
    },
    {
      fault: { kind: "garbage", frame: "malformed" },
      scene: ({ client }) => (client.options(), client.frames.map((frame) => frame.get("Call-ID") !== "")),
      seen: [false, true],
    },
    {
      fault: { kind: "garbage", frame: "unmatched" },
      scene: ({ client }) => (client.options(), client.frames.map((frame) => frame.get("Call-ID").startsWith("nothing"))),
      seen: [true, false],
    },
    {
      fault: { kind: "garbage", frame: "oversize" },
      scene: ({ client }) => (client.options(), client.frames.map(({ raw }) => raw.length > 10_000_000)),
      seen: [true, false],
    },
  ],
  "reset-on": [
    {
      fault: { kind: "reset-on", methods: ["INVITE"] },
      scene(on) {
        const answered = [on.client.codes(on.client.options()), call(on).codes];
        return [answered, on.ends, on.trunk.connections];
      },
      seen: [[[200], []], ["reset"], 0],
    },
    {
      fault: { kind: "reset-on", methods: ["INVITE"], after: 180 },
      scene: (on) => [call(on), on.ends, on.trunk.calls[0]?.state],
      seen: [{ codes: [100, 180], rings: 1 }, ["reset"], "answered"],
    },
  ],
  freeze: [
    {
      fault: { kind: "freeze" },
      scene(on) {
        const invite = on.client.invite(number);
        on.client.ping();
        on.clock.advance(1_000);
        const frozen = [on.client.frames.length, on.client.pongs];
        on.trunk.clearFaults();
        on.clock.advance(100);
        return [frozen, on.client.codes(invite), on.client.pongs];
      },
      seen: [[0, 0], [100, 180, 200], 1],
    },
  ],
  // What becomes of connections is seen on real ones, in the suites of the carriers of frames; here it is told.
  refuse: [{ fault: { kind: "refuse" }, scene: ({ trunk }) => trunk.door.admission.kind, seen: "refuse" }],
  "refuse-upgrade": [
    {
      fault: { kind: "refuse-upgrade", status: 503 },
      scene: ({ trunk }) => trunk.door.admission,
      seen: { kind: "refuse-upgrade", status: 503 },
    },
  ],
  "hang-upgrade": [{ fault: { kind: "hang-upgrade" }, scene: ({ trunk }) => trunk.door.admission.kind, seen: "hang-upgrade" }],
};

/** Lets a minute pass; a 200 is acknowledged as it comes. */
function minute({ client, clock }: Bench, invite: Frame): void {
  for (let tenth = 0; tenth < 600; tenth++) {
    clock.advance(100);
    if (client.codes(invite).includes(200) && client.responses().at(-1)?.method === "200") client.ack(invite);
  }
}

/** An INVITE and a minute after. */
function call(on: Bench) {
  const invite = on.client.invite(number);
  minute(on, invite);
  return { codes: on.client.codes(invite), rings: on.trunk.rings(number).length };
}

/** When each answer to an INVITE came. */
function timeline(on: Bench) {
  call(on);
  const sent = on.trunk.log.filter(({ what, method }) => what === "sent" && method === "INVITE");
  return {
    atMs: Object.fromEntries(sent.map(({ code, atMs }) => [code, atMs])),
    endedBy: on.trunk.rings(number).map(({ endedBy }) => endedBy),
  };
}

function cancelWhileRinging(on: Bench) {
  on.trunk.phone(number).doesNotAnswer();
  const invite = on.client.invite(number);
  on.clock.advance(1_000);
  const cancel = on.client.cancel(invite);
  minute(on, invite);
  return {
    cancel: on.client.codes(cancel),
    invite: on.client.codes(invite),
    endedBy: on.trunk.rings(number).map(({ endedBy }) => endedBy),
  };
}

const all = (Object.values(cases) as readonly (readonly Case<FaultKind>[])[]).flat();

describe.each(all.map((one) => ({ ...one, told: JSON.stringify(one.fault) })))("$told", ({ fault, options, scene, seen }) => {
  test("does what it says", () => {
    const on = bench(options);
    on.trunk.fault(fault);
    expect(scene(on)).toEqual(seen);
  });

  test("and that is not so without it, nor once it is cleared", () => {
    expect(scene(bench(options))).not.toEqual(seen);
    const on = bench(options);
    on.trunk.fault(fault)();
    expect(scene(on)).not.toEqual(seen);
  });
});

test("there is a case for every kind", () => {
  expect(Object.keys(cases).sort()).toEqual([...faultKinds].sort());
});
