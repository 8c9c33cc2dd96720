/** How finished reports leave the page: `http()` and `otlp()` are transports, a sink is whatever the integrator makes it. */

/** Where finished reports go. */
export interface ReportSink<Report = unknown> {
  /** Names it in the journal, where a delivery fails. */
  readonly name: string;
  /**
   * Takes one report, each version of it as it is made.
   * @param report one object for every sink, and of what the session goes on with: to be read, not to be changed.
   * @throws or rejects when it could not be delivered; Linekeeper journals that and goes on.
   */
  deliver(report: Report): void | Promise<void>;
}

/** A report on its way. */
export interface Parcel {
  /** The same at each try of this version of the report, and no other's: who gets it twice keeps one. */
  readonly key: string;
  /** The report (`ReportDocument`) as JSON. */
  readonly text: string;
}

/** What an endpoint said to a parcel. */
export interface TransportAnswer {
  /** HTTP status. */
  readonly status: number;
  /** The headers of these names, as they came (RFC 9110 §10.2.3, §6.6.1). */
  readonly retryAfter?: string;
  /** The endpoint's clock, against which a `retryAfter` that is a date is read. */
  readonly date?: string;
}

/** How reports get to an endpoint; when, how often and in which order is the outbox's. `http()` is one. */
export interface ReportTransport {
  /** Names it in the journal, and its queue in the store: unique among the reports' places, and the same on the next page. */
  readonly name: string;
  /**
   * One try.
   * @param how `atPageEnd`: the page goes away as soon as this returns, so what is to be sent must have been handed over.
   * @throws or rejects when nobody answered, or when it cannot go this way: it is tried again, by the next page at the latest.
   */
  send(parcel: Parcel, how: { readonly signal: AbortSignal; readonly atPageEnd: boolean }): Promise<TransportAnswer>;
}
