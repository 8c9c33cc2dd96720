/** Every bound of Linekeeper, its unit in its name, and where the default comes from. */
export interface Limits {
  /**
   * Silence after an INVITE: a server must send 100 unless it answers within 200 ms (RFC 3261 §17.2.1), so
   * the deadline is the flow's round trip + 200 ms + `silenceMarginMs`, kept between the two bounds.
   */
  readonly silenceMarginMs: number;
  /** The least time that an INVITE has for its first answer, however short the round trip. */
  readonly silenceMinMs: number;
  /** The most time that an INVITE has for its first answer, however long the round trip; its credentials have no longer. */
  readonly silenceMaxMs: number;
  /** How long an edge has, besides its round trip, to answer the OPTIONS that cross-checks a silence: asked that long before the deadline. */
  readonly crossCheckMs: number;
  /**
   * 100, then nothing: the post-dial delay after which the attempt counts as stalled. Learnt for each trunk and
   * route (mean + 4 deviations, as RFC 6298 §2 does for round trips) and kept between this and `pddMaxMs`.
   */
  readonly pddMinMs: number;
  /** The most that is learnt, and what holds until five calls were seen (ITU-T E.721: 95 % of international calls ring within 11 s). */
  readonly pddMaxMs: number;
  /** A BYE that nobody answered, or that was answered by 408 or 5xx, is sent again, on the same flow after 4, 12 and 28 s and on the next one at once, for this long: 64·T1 (RFC 3261 §17.1.2.2). */
  readonly byeMs: number;
  /** The same number ringing by two trunks within this time is one call: a fork reaches both at once, a second caller of one company does not. Who was answered longer ago than this, has not confirmed it and calls again, is the same call too. */
  readonly sameCallMs: number;
  /** How long a CANCEL has to be confirmed before the agent is asked instead. */
  readonly cancelConfirmMs: number;
  /** How long an abandoned attempt is followed: 64·T1 (RFC 3261 §17.1.1.2, RFC 6026 §7.2). */
  readonly ledgerMs: number;
  /** How long a phone may ring. */
  readonly ringLimitMs: number;
  /** How long a call waits for a trunk when none is ready; a call that rings here, for the next flow when its own is lost. */
  readonly trunkWaitMs: number;
  /** The same for an emergency call; then the agent is told that it is `slow`, and it goes on waiting while a trunk may still come up, as long again as a phone may ring (`ringLimitMs`). */
  readonly emergencyWaitMs: number;
  /** How long the agent may take to choose after a line failed while ringing; then the call is over. */
  readonly choiceMs: number;
  /** How long the microphone and ICE may take. */
  readonly mediaMs: number;
  /** The same for an emergency call: then it goes out without audio, which follows as soon as it can be had. */
  readonly emergencyMediaMs: number;
  /** How long each thing that is tried has to bring lost audio back, before the next is, and the agent told at last. */
  readonly audioGraceMs: number;
  /** How long mended audio must go on before it counts as mended: until then the next thing is tried when it is lost again. */
  readonly audioProofMs: number;
  /** What did not help is tried again after this, and up to as much again, while the audio stays lost. */
  readonly audioAgainMs: number;
  /** INVITEs that one call may cost, over all trunks. */
  readonly maxAttempts: number;
  /** How long the caller has to confirm the agent's answer with an ACK, before it is tried by another leg or given up: on one flow it takes a round trip. */
  readonly ackMs: number;
  /** How long after its page went an answered call may be taken up by the next; what is older is ended, by any page of the account where the tab is gone. */
  readonly resumeMs: number;
  /** Calls that ring at the agent at once; the next hears busy. */
  readonly maxRinging: number;
  /** How long after an emergency call the emergency services' call back is offered whatever the agent declared (RFC 7090; 30 min). */
  readonly psapCallbackMs: number;

  /** Flow that nothing was answered on for this long is probed with OPTIONS (RFC 5626 §4.4.1 suggests 95–120 s; a contact centre cannot wait that long). */
  readonly probeIntervalMs: number;
  /** How long a probe has to be answered before the flow is doubted, and again before it is lost; twice the usual round trip, or what the last one took, where that is longer, and `registerTimeoutMs` while a call waits on it that has nothing better. */
  readonly probeTimeoutMs: number;
  /** Back-off of reconnection and re-registration: W = min(max, base·2ⁿ), wait U(W/2, W) (RFC 5626 §4.5). */
  readonly reconnectBaseMs: number;
  /** The most that W grows to. */
  readonly reconnectMaxMs: number;
  /** How long a registrar has to answer a REGISTER before its edge is suspected. */
  readonly registerTimeoutMs: number;
  /** The life of a binding that we ask for; the registrar may grant less, or ask for more (423). */
  readonly registerExpiresS: number;
  /** How long the credentials source has when a registrar asks. At an INVITE it has no longer than silence, `silenceMaxMs`: then the next trunk is tried. The source of a `server` has as long at each connection. */
  readonly credentialsMs: number;
  /**
   * A registrar that refused our account (401, 403, 404 or 407 to credentials, or a challenge that none can answer) is left alone for
   * U(W/2, W), W = min(max, base·2ⁿ), unless the credentials source gives something else, `restore()` is called or the network changes.
   * One that refuses the request itself (403 or 404 before it asked for credentials, 3xx, 6xx, 501, 505, 513, 555, any other 4xx but 408,
   * 429, 480, 486 and 491) is asked after the back-off of re-registration, W growing on to this max; a call that waits for the trunk asks at
   * once, but for a Retry-After.
   */
  readonly refusalRestBaseMs: number;
  /** The most that this W grows to. */
  readonly refusalRestMaxMs: number;
  /** A peer's Retry-After rests the whole trunk, up to this (RFC 3261 §21.5.4). */
  readonly retryAfterMaxMs: number;

  /** The window of a breaker. Hard evidence trips it at once; so do two failures within the window that are more than half of the calls. */
  readonly breakerWindowMs: number;
  /** Calls within the window before their share of failures trips the breaker. */
  readonly breakerVolume: number;
  /** Failed calls within the window, in percent; more than this trips the breaker. */
  readonly breakerThresholdPercent: number;
  // A sequential probability ratio test (Wald) tells a brown-out from the usual share of failures; docs/limits.md
  // has the arithmetic.
  /** Failed calls of a trunk that is well, in percent. */
  readonly healthyFailurePercent: number;
  /** Failed calls of a trunk that should not be used, in percent. */
  readonly failingFailurePercent: number;
  /** How often a trunk that is well may be found failing, in percent (α). */
  readonly falseAlarmPercent: number;
  /** How often a failing trunk may be found well, in percent (β). */
  readonly missPercent: number;
  /** Soft evidence counts half after this time. */
  readonly evidenceHalfLifeMs: number;
  /** Unrelated carriers that all fail within this time, each before a witness of its own, fail together: the fault is sought on our side. */
  readonly commonModeMs: number;
  /** Ejection: base × times ejected in a row, capped, one less per healthy stretch of `ejectionBaseMs` (Envoy outlier detection; gRFC A50), + up to 20 % jitter. */
  readonly ejectionBaseMs: number;
  /** The most that base × times grows to; a peer's Retry-After may ask for more, up to `retryAfterMaxMs`. */
  readonly ejectionMaxMs: number;
  /** Real successes that a returning trunk needs before it carries its full share again. */
  readonly recoverySuccesses: number;

  /** A control (the CRM's own endpoint, or one that is not the CRM's) is asked at most this often. */
  readonly controlIntervalMs: number;
  /** How long a control has to answer before it counts as failed. */
  readonly controlTimeoutMs: number;
  /** Service must be proven good for this long before an incident closes, or a cold trunk is let go. */
  readonly calmMs: number;
  /** Journal entries kept in memory: a shift of ten hours with four trunks is a third of it. Those of an open incident go last. */
  readonly journalEntries: number;
}

/** What holds where `limits` says nothing else; `docs/limits.md` has each with its reason. */
export const defaultLimits: Limits = {
  silenceMarginMs: 300,
  silenceMinMs: 600,
  silenceMaxMs: 2_000,
  crossCheckMs: 250,
  pddMinMs: 5_000,
  pddMaxMs: 11_000,
  byeMs: 32_000,
  sameCallMs: 1_000,
  cancelConfirmMs: 2_000,
  ledgerMs: 32_000,
  ringLimitMs: 120_000,
  trunkWaitMs: 5_000,
  emergencyWaitMs: 10_000,
  choiceMs: 30_000,
  mediaMs: 10_000,
  emergencyMediaMs: 3_000,
  audioGraceMs: 3_000,
  audioProofMs: 10_000,
  audioAgainMs: 15_000,
  maxAttempts: 4,
  ackMs: 5_000,
  resumeMs: 60_000,
  maxRinging: 8,
  psapCallbackMs: 1_800_000,
  probeIntervalMs: 15_000,
  probeTimeoutMs: 1_500,
  reconnectBaseMs: 500,
  reconnectMaxMs: 30_000,
  registerTimeoutMs: 4_000,
  registerExpiresS: 600,
  credentialsMs: 10_000,
  refusalRestBaseMs: 240_000,
  refusalRestMaxMs: 1_800_000,
  retryAfterMaxMs: 300_000,
  breakerWindowMs: 600_000,
  breakerVolume: 2,
  breakerThresholdPercent: 50,
  healthyFailurePercent: 2,
  failingFailurePercent: 30,
  falseAlarmPercent: 0.1,
  missPercent: 5,
  evidenceHalfLifeMs: 1_800_000,
  commonModeMs: 5_000,
  ejectionBaseMs: 30_000,
  ejectionMaxMs: 300_000,
  recoverySuccesses: 5,
  controlIntervalMs: 5_000,
  controlTimeoutMs: 2_000,
  calmMs: 10_000,
  journalEntries: 20_000,
};
