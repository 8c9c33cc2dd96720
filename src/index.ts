/** The public surface of `linekeeper`, nothing else. */
export type { Linekeeper, LinekeeperEvents } from "./line.ts";
export { createLinekeeper } from "./linekeeper.ts";
export type { Boot, StageProgress } from "./boot/boot.ts";
export type { StageContext, StageOptions, StageTask } from "./boot/stage.ts";
export type { AudioEvents } from "./call/audio.ts";
export type {
  AnyCall,
  AnyCallEvents,
  Call,
  CallEvents,
  CallSummary,
  IncomingCall,
  IncomingCallEvents,
  IncomingCallSummary,
  ResumedCall,
} from "./call/call.ts";
export type { DtmfOptions, DtmfResult } from "./call/digits.ts";
export type { HoldResult } from "./call/holding.ts";
export type { CallOptions } from "./call/options.ts";
export type { CallProgress } from "./call/progress.ts";
export type { ReferredEvents } from "./call/referred.ts";
export type { Talk } from "./call/talk.ts";
export type { TransferPolicy, TransferRequest } from "./call/transfer-policy.ts";
export type { ReconnectingEvents } from "./call/reconnecting.ts";
export type { TransferEvents, TransferResult } from "./call/transfer.ts";
export type {
  Control,
  LinekeeperConfig,
  Policy,
  PolicyRequest,
  PrivacyConfig,
  ReportingConfig,
  RouteConfig,
  TrunkConfig,
} from "./config.ts";
export { LinekeeperError, type ErrorCode } from "./errors.ts";
export { defaultLimits, type Limits } from "./limits.ts";
export { noMedia } from "./media/no-media.ts";
export { systemClock, systemRandom, type CancelTimer, type Clock, type Random } from "./clock.ts";
export type { NoticeEvents } from "./notices.ts";
export type { CallEnd, CallOptionName, Entry, FactType, Facts, FailoverReason, Refusal, Route, TransferFault } from "./journal.ts";
export type { BreakerVote, Outcome, OutcomeClass } from "./outcome.ts";
export type { Broken, Reinitialisation } from "./diagnosis/reinitialisation.ts";
export type { Priors } from "./diagnosis/weights.ts";
export type { Actor, Conclusion, Evidence, FaultDomain, Incident, Verdict } from "./diagnosis/model.ts";
export type * from "./ports/audio.ts";
export type * from "./ports/media.ts";
export type * from "./ports/network.ts";
export type * from "./ports/reports.ts";
export type * from "./ports/resumption.ts";
export type * from "./ports/shared-health.ts";
export type * from "./ports/shared-telephone.ts";
export type * from "./ports/sip-account.ts";
export type * from "./ports/sip-answer.ts";
export type * from "./ports/sip-dialog.ts";
export type * from "./ports/sip-edge.ts";
export type * from "./ports/sip-identity.ts";
export type * from "./ports/sip-invitation.ts";
export type * from "./ports/sip-invite.ts";
export type * from "./ports/store.ts";
export type { ReportDocument } from "./report/document.ts";
export type { Candidate } from "./routing/plan.ts";
export type { AttemptState, BreakerState, CallState, FlowState, Held, RegistrationState, StageState } from "./states.ts";
export type { Fleet } from "./trunk/backoff.ts";
export type { TrunkError } from "./trunk/last-error.ts";
export type { TelephonePlace } from "./telephone.ts";
export type { TrunkHealth } from "./trunk/trunk.ts";
export { version } from "./version.ts";
