/** Faults of the CRM's: of its start-up, and of its settings. */
import type { Fault } from "../../../adapters/mock-trunk/index.ts";
import { prefixes, type Conditions, type Endpoint, type Shift } from "../shift.ts";
import { comesUp, endures, failing, first, isMet, minutes, reloads, type Kind } from "./kind.ts";

/** A step fails as the page opens; the agent dials all the same, and reloads when told to. */
const brokenStart = (id: string, half: Kind["half"], endpoint: (shift: Shift) => Endpoint): Kind => ({
  id,
  half,
  truth: ["crm-init"],
  isFromStart: true,
  async play(shift) {
    const { crm, one, conditions, work, between, chance } = shift;
    const step = one(conditions.steps);
    crm.endpoints[step] = endpoint(shift);
    await comesUp(shift);
    await work(minutes(between(0.5, 1.5)));
    if (chance(0.4)) await reloads(shift);
    await work(minutes(between(0.5, 1)));
    if (!chance(0.65)) return;
    crm.endpoints[step] = "well";
    await reloads(shift);
    await work(minutes(between(1, 3)));
  },
});

/** The session is well until the CRM starts anew in the middle of the day. */
const brokenReload = (id: string, half: Kind["half"], endpoint: (shift: Shift) => Endpoint): Kind => ({
  id,
  half,
  truth: ["crm-init"],
  async play(shift) {
    const { crm, one, conditions, work, between, chance } = shift;
    const step = one(conditions.steps);
    crm.endpoints[step] = endpoint(shift);
    await reloads(shift);
    await work(minutes(between(1, 2.5)));
    if (!chance(0.65)) return;
    crm.endpoints[step] = "well";
    await reloads(shift);
    await work(minutes(between(1, 3)));
  },
});

/**
 * The dispute: the start-up came through, but only in part. The offer for one district was not loaded, so calls to
 * it go out wrong until the CRM starts anew; every other call is well, and so is the carrier's edge.
 */
const partialStart = (
  id: string,
  half: Kind["half"],
  fault: Fault,
  { onAll = false, conditions = {} }: { readonly onAll?: boolean; readonly conditions?: Partial<Conditions> },
): Kind => ({
  id,
  half,
  truth: ["crm-init"],
  conditions,
  isFromStart: true,
  async play(shift) {
    const { carriers, work, between } = shift;
    const hit = onAll ? [...carriers.values()] : [first(shift)];
    const mends = hit.map((carrier) => carrier.fault(fault));
    await comesUp(shift);
    await work(minutes(between(2, 4)));
    mends.forEach((mend) => mend());
    await reloads(shift);
    await work(minutes(between(2, 4)));
    return hit.some(isMet);
  },
});

const onlyCarrier = [{ id: "A", carrier: "Carrier A" }];
const local = { methods: ["INVITE"], prefix: prefixes.local };

const starts: readonly Kind[] = [
  brokenStart("start-answers-500", "tune", ({ one }) => ({ status: one([500, 502, 503]) })),
  brokenStart("start-hangs", "score", () => "hangs"),
  brokenStart("start-breaks", "score", () => "breaks"),
  brokenStart("start-refuses-session", "tune", ({ one }) => ({ status: one([401, 403]) })),
  brokenStart("start-unreachable", "score", () => "unreachable"),
  brokenReload("reload-answers-500", "score", ({ one }) => ({ status: one([500, 502, 503]) })),
  brokenReload("reload-hangs", "tune", () => "hangs"),
  brokenReload("reload-refuses-session", "score", ({ one }) => ({ status: one([401, 403]) })),
  partialStart("partial-start-silent", "score", { kind: "silence", ...local }, { onAll: true }),
  partialStart("partial-start-silent-on-one", "tune", { kind: "silence", ...local }, {}),
  partialStart("partial-start-only-carrier", "score", { kind: "silence", ...local }, { conditions: { trunks: onlyCarrier } }),
  partialStart("partial-start-only-carrier-500", "tune", { kind: "reject", code: 500, ...local }, { conditions: { trunks: onlyCarrier } }),
  partialStart("partial-start-refused", "tune", { kind: "reject", code: 500, ...local }, { onAll: true }),
  {
    id: "dials-before-start",
    half: "score",
    truth: ["crm-init"],
    isFromStart: true,
    async play(shift) {
      const { crm, line, pass, work, dial, between } = shift;
      const booted = crm.boot();
      await pass(5_000);
      await booted;
      for (let call = 0; call < 3; call++) await dial();
      await pass(between(2_000, 20_000));
      void line.start();
      await work(minutes(between(1, 2)));
    },
  },
  {
    id: "server-down-at-reload",
    half: "tune",
    truth: ["crm-init"],
    async play(shift) {
      const { crm, conditions, work, between, one } = shift;
      const endpoint: Endpoint = one([{ status: 503 }, "hangs"]);
      for (const name of [...conditions.steps, "health"]) crm.endpoints[name] = endpoint;
      await reloads(shift);
      await work(minutes(between(1, 2)));
      for (const name of [...conditions.steps, "health"]) crm.endpoints[name] = "well";
      await reloads(shift);
      await work(minutes(between(1, 3)));
    },
  },
];

/** A carrier answers that our side asked wrongly, from the first call on. */
const misconfigured = (id: string, half: Kind["half"], faults: (shift: Shift) => readonly Fault[], onAll: boolean): Kind => ({
  id,
  half,
  truth: ["crm-config"],
  isFromStart: true,
  async play(shift) {
    const hit = onAll ? [...shift.carriers.values()] : [failing(shift)];
    const mends = hit.flatMap((carrier) => faults(shift).map((fault) => carrier.fault(fault)));
    await comesUp(shift);
    await endures(shift, () => mends.forEach((mend) => mend()), [2, 4]);
    return hit.some(isMet);
  },
});

const settings: readonly Kind[] = [
  misconfigured("account-forbidden", "tune", () => [{ kind: "reject", code: 403, methods: ["REGISTER"] }], false),
  misconfigured("account-unknown", "score", () => [{ kind: "reject", code: 404, methods: ["REGISTER"] }], false),
  misconfigured("number-format-refused", "tune", () => [{ kind: "reject", code: 484, q850: 28, ...local }], true),
  misconfigured("codec-refused", "score", () => [{ kind: "reject", code: 488, methods: ["INVITE"] }], true),
  misconfigured("no-right-to-call", "score", () => [{ kind: "reject", code: 403, q850: 57, methods: ["INVITE"] }], true),
  misconfigured("all-accounts-forbidden", "score", () => [{ kind: "reject", code: 403, methods: ["REGISTER"] }], true),
];

export const crmKinds: readonly Kind[] = [...starts, ...settings];
