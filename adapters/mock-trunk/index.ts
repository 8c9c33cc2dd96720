/** `linekeeper/mock-trunk`: a carrier that misbehaves on command, for tests and demonstrations. */
export { createMockTrunk, type Admission, type MockTrunk, type MockTrunkOptions } from "./mock-trunk.ts";
export { memorySocket, type MemorySocket, type MemorySocketConstructor, type MemorySocketOptions } from "./memory-socket.ts";
export { rungTwice, type LogEntry, type Ring } from "./log.ts";
export type { Fault, FaultKind, FaultScope, Refusal } from "./faults.ts";
export type { Link, LinkEvents } from "./link.ts";
export type { Habit, Phone } from "./phone.ts";
export type { OfferedCall, OfferedCallState, OfferOptions } from "./offered-call.ts";
export type { CarriedCall, CarriedCallState } from "./carried-call.ts";
export type { Binding } from "./registrar.ts";
