/** Whom a peer's REFER names, as equipment writes it (RFC 3515 §2.1, RFC 3891): what is one is served, and nothing else is called. */
import { describe, expect, it } from "vitest";
import type { SipReferral } from "../../../src/ports/sip-dialog.ts";
import { connected, dial, sdp, settle } from "./scripted-edge.ts";

/** A call of ours whose peer asks by these lines. */
async function referred(...lines: readonly string[]) {
  const { peer, edge } = await connected("none", {}, ["transfer"]);
  const { dialogs } = dial(edge);
  await settle();
  const invite = peer.last("INVITE");
  peer.answer(invite, 200, "OK", { body: sdp("peer") });
  await settle();
  const referrals: SipReferral[] = [];
  dialogs[0]?.onReferral?.((referral) => referrals.push(referral));
  const tags = [`From: ${invite.get("To")};tag=peer`, `To: ${invite.get("From")}`, `Call-ID: ${invite.get("Call-ID")}`, "CSeq: 7 REFER"];
  const refer = () => peer.request("REFER", "sip:x@y", ["Via: SIP/2.0/WSS p;branch=z9hG4bKr", ...tags, "Contact: <sip:a@b>", ...lines]);
  refer();
  await settle();
  return { referrals, peer, refer, code: peer.frames.findLast((frame) => frame.get("CSeq") === "7 REFER")?.method };
}

describe("a REFER is for", () => {
  const target = "sip:+21671000002@b.example";
  const number = "+21671000002";
  const replaces = { replaces: true, headers: ["Replaces: x@y;to-tag=1;from-tag=2"] };

  it.each<[string, readonly string[], object]>([
    ["an address in brackets", [`Refer-To: <${target}>`], { target, number, replaces: false, headers: [] }],
    ["one without", [`Refer-To: ${target}`], { target, number }],
    ["one with a name that lacks its quotes", [`Refer-To: Doe, Zoë <${target}>`], { target, number }],
    ["one with a name", [`Refer-To: "Zoë, \\"x\\"" <${target}>;x=y`], { target, number }],
    ["one in the compact form", [`r: <${target}>`], { target, number }],
    ["one that is said twice", [`Refer-To: <${target}>`, `Refer-To: <${target}>`], { target, number }],
    ["one that says by which method", [`Refer-To: <${target};method=INVITE>`], { target, number }],
    ["one that says so among others", [`Refer-To: <${target};method=invite;user=phone>`], { target: `${target};user=phone`, number }],
    ["a tel:", ["Refer-To: <tel:+216-71000002;phone-context=x>"], { target: "tel:+216-71000002;phone-context=x", number }],
    ["a number with spaces", ["Refer-To: <sip:+216 71 000 002@b.example>"], { target: "sip:+216%2071%20000%20002@b.example", number }],
    ["a place in a call", [`Refer-To: <${target}?Replaces=x%40y%3Bto-tag%3D1%3Bfrom-tag%3D2>`], { target, ...replaces }],
    ["one in lower case", [`Refer-To: <${target}?replaces=x%40y%3bto-tag%3d1%3bfrom-tag%3d2>`], { target, ...replaces }],
    ["one by a method", [`Refer-To: <${target};method=INVITE?Replaces=x%40y%3Bto-tag%3D1%3Bfrom-tag%3D2>`], { target, ...replaces }],
    ["one that begins the headers with an ampersand", [`Refer-To: <${target}?&Replaces=x%40y%3Bfrom-tag%3D2%3Bto-tag%3D1>`], { target, replaces: true }],
  ])("%s", async (_, lines, expected) => {
    const { referrals } = await referred(...lines);
    expect(referrals).toHaveLength(1);
    expect(referrals[0]).toMatchObject(expected);
  }); // prettier-ignore

  it.each([
    ["another method", `<${target};method=BYE>`],
    ["a web page", "<https://b.example>"],
    ["nothing", ""],
    ["a star", "*"],
    ["two in one line", `<${target}>, <sip:+21671000003@b.example>`],
  ])("nobody, for %s", async (_, value) => {
    const { referrals, code } = await referred(`Refer-To: ${value}`);
    expect([referrals, code]).toEqual([[], "400"]);
  });

  it("one call, though it is said again before its answer, as over UDP behind the edge (RFC 3261 §17.2.2)", async () => {
    const { referrals, peer, refer } = await referred(`Refer-To: <${target}>`);
    refer();
    expect(referrals).toHaveLength(1);
    referrals[0]?.accept();
    refer();
    await settle();
    const answers = peer.frames.filter((frame) => frame.get("CSeq") === "7 REFER").map((frame) => frame.method);
    expect([referrals.length, answers]).toEqual([1, ["202", "202"]]);
  });
});
