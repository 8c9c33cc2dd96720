/** The torture tests of SIP (RFC 4475, RFC 5118): what we do with each of their messages. docs/sip-torture.md shows the table. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { AnswerToUs, Delivery } from "../../support/torture/message.ts";
import { tortureTables } from "../../support/torture/tables.ts";
import { type Bench, connected, dial, outcome, settle } from "./scripted-edge.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** By what a peer finds its question again in an answer (RFC 3261 §8.2.6.2): the branches of its Vias, and its Call-IDs. */
function marksOf(text: string): string[] {
  const head = text.slice(0, text.indexOf("\r\n\r\n")).replace(/\r\n[ \t]+/g, " ");
  return [...head.matchAll(/branch\s*=\s*([^\s;,]+)|^(?:call-id|i)\s*:\s*(.*)$/gim)]
    .map(([, branch, callId = ""]) => branch ?? callId)
    .sort();
}

/** What a request to the agent comes to: a phone that rings, an answer with what goes with it, or nothing. */
async function outcomeOfRequest({ peer, invitations }: Bench, text: string): Promise<string> {
  peer.socket.deliver(text);
  await settle();
  const answers = peer.frames.filter((frame) => !frame.isRequest && frame.method !== "100");
  const [invitation] = invitations;
  if (invitation) {
    expect([answers, invitations.length]).toEqual([[], 1]);
    invitation.ring();
    const ringing = peer.frames.at(-1);
    expect([ringing?.method, marksOf(ringing?.raw ?? "")]).toEqual(["180", marksOf(text)]);
    return invitation.offer === undefined ? "rings without an offer" : "rings";
  }
  expect(answers.length).toBeLessThanOrEqual(1);
  const [answer] = answers;
  if (!answer) return "ignored";
  expect(marksOf(answer.raw)).toEqual(marksOf(text));
  const [, status = ""] = /^SIP\/2\.0 (.*)\r\n/.exec(answer.raw) ?? [];
  const detail = answer.get({ 415: "Accept", 420: "Unsupported" }[answer.method] ?? "None");
  return detail ? `${status}: ${detail}` : status;
}

/** What a response to our INVITE comes to, by what the call is told. */
async function outcomeOfInvite({ peer, edge }: Bench, response: AnswerToUs["response"]): Promise<string> {
  const { told } = dial(edge);
  await settle();
  peer.socket.deliver(response(peer.last("INVITE")));
  await settle();
  const [, said = "ignored", ...more] = told;
  expect(more).toEqual([]);
  const [what, code] = said.split(" ");
  if (what === "accepted") return `acknowledged at ${peer.last("ACK").raw.split(" ")[1]}`;
  return what === "progressed" ? `progresses with ${code}` : said;
}

async function outcomeOfRegister({ peer, edge }: Bench, response: AnswerToUs["response"]): Promise<string> {
  const asked = edge.register(600);
  await settle();
  peer.socket.deliver(response(peer.last("REGISTER")));
  const answer = await outcome(asked);
  expect(peer.received("REGISTER")).toHaveLength(1);
  if (answer === "pending") return "ignored";
  return answer.code === 200 ? "registered" : `fails with ${answer.code}`;
}

async function outcomeOf(bench: Bench, delivery: Delivery): Promise<string> {
  if ("request" in delivery) return outcomeOfRequest(bench, delivery.request);
  return (delivery.answerTo === "INVITE" ? outcomeOfInvite : outcomeOfRegister)(bench, delivery.response);
}

const isOnRecord = ({ told }: Bench): boolean => told.some((line) => line.startsWith("discarded "));

describe.each(Object.entries(tortureTables))("%s", (_, cases) => {
  it.each(cases)("$name ($section): $does", async ({ delivery, does }) => {
    const bench = await connected();
    expect(await outcomeOf(bench, delivery)).toBe(does);
    if (does === "ignored") expect(isOnRecord(bench)).toBe(true);
    // And whatever it was, the edge goes on.
    const asked = bench.edge.options();
    bench.peer.answer(bench.peer.last("OPTIONS"), 200, "OK");
    expect(await asked).toMatchObject({ code: 200, said: "peer" });
    bench.edge.dispose();
  });
});
