/** A call as a ladder: what went over the wire between the agent and each trunk, top to bottom in the order of time (as RFC 3665 draws them). */
import type { AttemptRecord, Message } from "../attempts.ts";
import type { CallRecord } from "../calls.ts";
import type { EndReason } from "../../ports/sip-answer.ts";
import { sipCode } from "../codes.ts";
import type { Catalogue } from "../language.ts";
import { html, type Markup } from "./markup.ts";

/** px */
const [timeWidth, columnWidth, headHeight, rowHeight] = [96, 260, 26, 24] as const;
/** A ladder of more rungs says no more. */
const mostRungs = 40;

interface Rung {
  readonly atMs: number;
  readonly trunkId: string;
  readonly what: Message["what"] | "BYE";
  readonly isOurs: boolean;
}

/** In a few figures: the words stand beside the call. */
const byeText = ({ q850, sip }: EndReason = {}): string =>
  ["BYE", q850 && `Q.850 ${q850.value}`, sip !== undefined && `SIP ${sip}`].filter(Boolean).join(" · ");

/** Its data stand in the table of attempts beside it. */
export function ladder(call: CallRecord, attempts: readonly AttemptRecord[], catalogue: Catalogue): Markup {
  const rungs = rungsOf(call, attempts).slice(0, mostRungs);
  const trunks = [...new Set(rungs.map(({ trunkId }) => trunkId))];
  if (rungs.length === 0) return html``;
  const [width, height] = [timeWidth + columnWidth * trunks.length + 40, headHeight + rungs.length * rowHeight + 8];
  const lanes = ["", ...trunks].map((name, place) => {
    const x = timeWidth + columnWidth * place;
    return html`<line class="rule" x1="${x}" x2="${x}" y1="${headHeight - 6}" y2="${height}" />
      <text class="lane" x="${x}" y="14" text-anchor="middle">${name || catalogue.labels.ourSide}</text>`;
  });
  return html`<svg class="ladder" role="img" aria-label="${catalogue.labels.ladder} ${call.callId}" width="${width}" height="${height}">
    ${lanes}${rungs.map((rung, place) => draw(rung, timeWidth + columnWidth * (trunks.indexOf(rung.trunkId) + 1), headHeight + place * rowHeight + 14, call, catalogue))}
  </svg>`;
}

function rungsOf({ end, endedMs }: CallRecord, attempts: readonly AttemptRecord[]): readonly Rung[] {
  const rungs = attempts.flatMap(({ trunkId, messages = [] }) =>
    messages.map(({ atMs, what }): Rung => ({ atMs, trunkId, what, isOurs: typeof what === "string" })),
  );
  const answered = attempts.find(({ messages = [] }) => messages.some(({ what }) => what === "ACK"));
  const isByed = end === "hung-up-here" || end === "hung-up-there";
  const bye = answered && isByed && endedMs !== undefined ? [{ atMs: endedMs, trunkId: answered.trunkId, what: "BYE" as const, isOurs: end === "hung-up-here" }] : []; // prettier-ignore
  return [...rungs, ...bye].sort((one, other) => one.atMs - other.atMs);
}

function draw({ atMs, what, isOurs }: Rung, x: number, y: number, { startedMs, reason }: CallRecord, catalogue: Catalogue): Markup {
  const [from, to] = isOurs ? [timeWidth, x] : [x, timeWidth];
  const tip = isOurs ? -7 : 7;
  const label = typeof what === "number" ? sipCode(what, catalogue) : what === "BYE" ? byeText(reason) : what;
  return html`<g class="${lookOf(what)}">
    <text x="0" y="${y + 4}">+${catalogue.duration(Math.max(0, atMs - startedMs))}</text>
    <path d="M${from} ${y}H${to}m${tip} -4l${-tip} 4l${tip} 4" />
    <text class="mark" x="${isOurs ? timeWidth + 14 : x - 14}" y="${y - 4}" text-anchor="${isOurs ? "start" : "end"}">${label}</text>
  </g>`;
}

function lookOf(what: Rung["what"]): string {
  if (typeof what === "string") return what === "CANCEL" ? "rung given-up" : "rung";
  return what >= 300 ? "rung refused" : what >= 200 ? "rung taken" : "rung";
}
