/** Every state machine of Linekeeper, one table each. `docs/architecture.md` shows them; a test holds both equal. */
import type { Table } from "./machine.ts";

// ── Flow: the socket to one edge (RFC 5626) ───────────────────────────────────────────────────────

/** `doubted`: something we sent on it was not answered in time. `waiting`: backing off before the next try. */
export type FlowState = "closed" | "connecting" | "open" | "doubted" | "waiting";
export type FlowEvent = "connect" | "open" | "prove" | "doubt" | "lose" | "stop";

export const flowTable: Table<FlowState, FlowEvent> = {
  closed: { connect: "connecting", prove: "ignored", doubt: "ignored", lose: "ignored", stop: "ignored" },
  connecting: { connect: "ignored", open: "open", doubt: "ignored", lose: "waiting", stop: "closed" },
  open: { connect: "ignored", prove: "ignored", doubt: "doubted", lose: "waiting", stop: "closed" },
  doubted: { connect: "ignored", prove: "open", doubt: "ignored", lose: "waiting", stop: "closed" },
  waiting: { connect: "connecting", prove: "ignored", doubt: "ignored", lose: "ignored", stop: "closed" },
};

// ── Registration: our binding at one registrar (RFC 3261 §10) ─────────────────────────────────────

/** `refreshing`: still bound while a new REGISTER is under way. */
export type RegistrationState = "none" | "registering" | "registered" | "refreshing" | "refused";
export type RegistrationEvent = "request" | "confirm" | "defer" | "refuse" | "expire" | "lose" | "remove";

export const registrationTable: Table<RegistrationState, RegistrationEvent> = {
  none: { request: "registering", expire: "ignored", lose: "ignored", remove: "ignored" },
  registering: { confirm: "registered", refuse: "refused", lose: "none", remove: "none" },
  registered: { request: "refreshing", expire: "none", lose: "none", remove: "none" },
  // `defer`: the registrar could not refresh it now; the binding that it granted before still lives.
  refreshing: { confirm: "registered", defer: "registered", refuse: "refused", expire: "registering", lose: "none", remove: "none" },
  refused: { request: "registering", expire: "ignored", lose: "none", remove: "none" },
};

// ── Breaker: may a trunk carry calls to one route? ────────────────────────────────────────────────

/** `probing`: a growing share of calls is let through until enough of them succeeded. */
export type BreakerState = "closed" | "open" | "probing";
export type BreakerEvent = "trip" | "release" | "recover";

export const breakerTable: Table<BreakerState, BreakerEvent> = {
  closed: { trip: "open", release: "ignored", recover: "ignored" },
  // Open, and told to rest for longer than was left.
  open: { trip: "open", release: "probing", recover: "closed" },
  probing: { trip: "open", release: "ignored", recover: "closed" },
};

// ── Attempt: one INVITE on one trunk ──────────────────────────────────────────────────────────────

/** `trying`: some 1xx, the phone not known to ring. `alerting`: 180 or 183. `cancelling`: we want its end and wait for it. */
export type AttemptState = "unsent" | "sent" | "trying" | "alerting" | "cancelling" | "answered" | "ended";
export type AttemptEvent = "send" | "try" | "alert" | "answer" | "cancel" | "end";

export const attemptTable: Table<AttemptState, AttemptEvent> = {
  unsent: { send: "sent", try: "trying", alert: "alerting", answer: "answered", cancel: "cancelling", end: "ended" },
  sent: { send: "ignored", try: "trying", alert: "alerting", answer: "answered", cancel: "cancelling", end: "ended" },
  // A challenge may follow a 100: the INVITE is then sent anew.
  trying: { send: "sent", try: "ignored", alert: "alerting", answer: "answered", cancel: "cancelling", end: "ended" },
  alerting: { send: "ignored", try: "ignored", alert: "ignored", answer: "answered", cancel: "cancelling", end: "ended" },
  // A 2xx that crosses our CANCEL is acknowledged and ended by the ledger, or adopted (RFC 3261 §9.1, §13.2.2.4).
  cancelling: { send: "ignored", try: "ignored", alert: "ignored", answer: "answered", cancel: "ignored", end: "ended" },
  answered: { try: "ignored", alert: "ignored", cancel: "ignored", end: "ended" },
  ended: { send: "ignored", try: "ignored", alert: "ignored", cancel: "ignored", end: "ignored" },
};

// ── Call: what the agent sees ─────────────────────────────────────────────────────────────────────

/** `choosing`: the line failed after the phone rang, or under the conversation; only the agent may dial again. */
export type CallState = "preparing" | "dialling" | "ringing" | "choosing" | "answered" | "ended";
export type CallEvent = "dial" | "ring" | "choose" | "answer" | "end";

export const callTable: Table<CallState, CallEvent> = {
  preparing: { dial: "dialling", end: "ended" },
  dialling: { dial: "dialling", ring: "ringing", choose: "choosing", answer: "answered", end: "ended" },
  ringing: { dial: "dialling", ring: "ignored", choose: "choosing", answer: "answered", end: "ended" },
  choosing: { dial: "dialling", answer: "answered", end: "ended" },
  answered: { dial: "dialling", ring: "ignored", choose: "choosing", end: "ended" },
  ended: { dial: "ignored", ring: "ignored", choose: "ignored", answer: "ignored", end: "ignored" },
};

// ── Incoming call: what the agent sees of a customer's call ───────────────────────────────────────

/** `answering`: the agent took it; the microphone is being opened, or the caller's ACK awaited. */
export type IncomingCallState = "ringing" | "answering" | "answered" | "ended";
export type IncomingCallEvent = "answer" | "confirm" | "end";

export const incomingCallTable: Table<IncomingCallState, IncomingCallEvent> = {
  ringing: { answer: "answering", end: "ended" },
  answering: { answer: "ignored", confirm: "answered", end: "ended" },
  answered: { answer: "ignored", end: "ended" },
  ended: { answer: "ignored", confirm: "ignored", end: "ignored" },
};

// ── Hold: who has put an answered call on hold (RFC 3264 §8.4) ────────────────────────────────────

/** `here`: the agent, and the peer was told. `there`: the peer. */
export type Held = "none" | "here" | "there" | "both";
export type HoldEvent = "hold" | "unhold" | "hold-there" | "unhold-there";

export const holdTable: Table<Held, HoldEvent> = {
  none: { hold: "here", unhold: "ignored", "hold-there": "there", "unhold-there": "ignored" },
  here: { hold: "ignored", unhold: "none", "hold-there": "both", "unhold-there": "ignored" },
  there: { hold: "both", unhold: "ignored", "hold-there": "ignored", "unhold-there": "none" },
  both: { hold: "ignored", unhold: "there", "hold-there": "ignored", "unhold-there": "here" },
};

// ── Boot stage: a named step of the CRM's initialisation ──────────────────────────────────────────

/** How far a stage of the CRM's start-up is; `retrying`: a try failed, and another follows. */
export type StageState = "waiting" | "running" | "retrying" | "passed" | "failed";
export type StageEvent = "start" | "pass" | "fault" | "fail";

export const stageTable: Table<StageState, StageEvent> = {
  waiting: { start: "running", fail: "failed" },
  running: { pass: "passed", fault: "retrying", fail: "failed" },
  retrying: { start: "running", fail: "failed" },
  passed: {},
  failed: {},
};
