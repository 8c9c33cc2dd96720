/**
 * What a user's bundler gets: Linekeeper in a page, nothing configured for it. Carrier A answers each INVITE
 * with 500 until its breaker opens; B carries the calls.
 */
import { createLinekeeper, noMedia } from "linekeeper";
import { sipjs } from "linekeeper/sipjs";

const answer = (code) => ({ code, said: "peer", expiresS: 600 });

const stack = {
  edge: ({ trunkId }, events) => ({
    connect: () => queueMicrotask(() => events.opened()),
    disconnect: () => queueMicrotask(() => events.closed({ wasOpen: true, code: 1000, clean: true })),
    register: async () => answer(200),
    options: async () => answer(200),
    ping: () => {},
    invite(_request, call) {
      queueMicrotask(() => {
        call.sent();
        if (trunkId === "a") call.rejected(answer(500));
        else call.accepted({ sdp: undefined, bye: async () => answer(200), onEnded() {}, keepSession() {}, onInfo() {} }, answer(200));
      });
      return { sipCallId: crypto.randomUUID(), fromTag: "tag", cancel: () => {}, forget: () => {} };
    },
    dispose: () => {},
  }),
};

const trunk = (id) => ({ id, carrier: id, server: `wss://${id}.example`, aor: `sip:agent@${id}.example` });
const trunks = [trunk("a"), trunk("b")];
const crm = { vendor: "Example CRM" };

/** A line on the made-up stack: places calls until the first carrier's breaker opens. */
async function placeCalls() {
  const line = createLinekeeper({ crm, trunks, stack, media: noMedia() });
  await line.start();
  const opened = new Promise((resolve) => {
    line.on("journal:written", (entry) => entry.type === "breaker:changed" && entry.to === "open" && resolve(entry.trunkId));
  });
  for (let placed = 0; placed < 3; placed++) {
    const ended = new Promise((resolve) => {
      line.on("journal:written", (entry) => (entry.type === "call:answered" || entry.type === "call:ended") && resolve());
    });
    line.call("+21671000001");
    await ended;
  }
  const breakerOpened = await opened;
  const answeredBy = line.journal.filter(({ type }) => type === "call:answered").map(({ trunkId }) => trunkId);
  const violations = line.journal.filter(({ type }) => type === "transition:violated").length;
  await line.close();
  return { breakerOpened, answeredBy, violations };
}

/** A line on SIP.js: nobody listens there, so its flow fails, which is an answer too. */
async function startSipJs() {
  const line = createLinekeeper({ crm, trunks: [{ ...trunk("nobody"), server: "wss://127.0.0.1:9" }], stack: sipjs(), media: noMedia() });
  const lost = new Promise((resolve) => {
    line.on("journal:written", (entry) => entry.type === "flow:changed" && entry.end && resolve(entry.end.wasOpen));
  });
  void line.start();
  const sipJsOpened = await lost;
  await line.close();
  return { sipJsOpened };
}

globalThis.result = Promise.all([placeCalls(), startSipJs()]).then((parts) => Object.assign({}, ...parts));
