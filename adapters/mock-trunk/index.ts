/** `linekeeper/mock-trunk`: a carrier that misbehaves on command, for tests and demonstrations. */
export { createMockTrunk, type MockTrunk } from "./mock-trunk.ts";
export { memorySocket, type MemorySocketOptions } from "./memory-socket.ts";
export { alertingOverlap, rungTwice, type Ring, type RingScope, type RungPhone } from "./rings.ts";
export {
  faultKinds,
  type AfterCode,
  type CallScope,
  type Fault,
  type FaultKind,
  type FaultOf,
  type FaultRate,
  type MessageScope,
} from "./faults.ts";
export { dialectNames, type DialectName } from "./dialects/index.ts";
export type { HoldStyle } from "./dialects/dialect.ts";
export type { Mangle } from "./mangle.ts";
export type { SessionTimerOptions } from "./session-timer.ts";
export type { Reply } from "./in-dialog.ts";
export type { ChangeMethod } from "./session-timer.ts";
export type { Reliability } from "./dialects/dialect.ts";
export { seededRandom } from "./seeded-random.ts";
export type { MockTrunkOptions } from "./options.ts";
export type { Habit } from "./habit.ts";
export type { AnswerHabit, Phone, RefusalTimes } from "./phone.ts";
export type { Refusal } from "./response.ts";
export type { AnswerOffer, MediaAnswer } from "./sdp.ts";
export type { CallEnd, CallState, TrunkCall } from "./call.ts";
export type { DeliverOptions } from "./deliver-options.ts";
export type { CustomerCall } from "./delivered-call.ts";
export type { Challenge } from "./gatekeeper.ts";
export type { CheckSyncOptions, MessageOptions, VoicemailOptions } from "./unasked.ts";
export { headersOf, type LogEntry } from "./log.ts";
export type { Registration } from "./registrar.ts";
export type { Admission, Door } from "./door.ts";
export type { Link, LinkEvents } from "./link.ts";
