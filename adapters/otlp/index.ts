/** `linekeeper/otlp`: reports to an OpenTelemetry collector or backend, as logs and metrics over OTLP/HTTP JSON. */
import { callable, each, fits, shape, text } from "../../src/checks.ts";
import { systemClock } from "../../src/clock.ts";
import { LinekeeperError } from "../../src/index.ts";
import { fateOf } from "../../src/outbox/fate.ts";
import type { Parcel, ReportTransport, TransportAnswer } from "../../src/ports/reports.ts";
import { allAtOnce } from "../../src/slices.ts";
import { inTurns } from "../../src/turns.ts";
import { answerOf, boundedText, checkEndpoint, createPost, leaveUnread, postChecks, type PostOptions } from "../http/post.ts";
import { bodiesOf, type OtlpSignal, type ResourceAttributes } from "./requests.ts";

export type { PostOptions, ReportHeaders } from "../http/post.ts";
export type { OtlpSignal, ResourceAttributes } from "./requests.ts";

/** What a backend took a request without (OTLP "partial success"). */
export interface OtlpRejection {
  /** Of which request: the other may have been taken whole. */
  readonly signal: OtlpSignal;
  /** So many log records, or data points, were not taken; 0: all were, and `message` is a warning. */
  readonly count: number;
  /** The backend's own words. */
  readonly message: string;
}

/** Which OpenTelemetry backend hears of reports, and what of them. */
export interface OtlpOptions extends PostOptions {
  /** Where OTLP/HTTP is heard, without `/v1/logs`: what others call `OTEL_EXPORTER_OTLP_ENDPOINT`. It is never written down. */
  readonly url: string;
  /** Names it in the journal and keeps its queue apart. `otlp` and the URL's host when left out. */
  readonly name?: string;
  /** Default both. */
  readonly signals?: readonly OtlpSignal[];
  /** Added to the resource, or in place of what is there, such as `service.name` or `deployment.environment.name`. */
  readonly resource?: ResourceAttributes;
  /** Told of what a backend did not take. It is not sent again: OTLP says that it would fare no better. */
  readonly onRejected?: (rejection: OtlpRejection) => void;
}

const signalNames: readonly OtlpSignal[] = ["logs", "metrics"];

const check = shape<OtlpOptions>({
  ...postChecks,
  name: text,
  signals: fits(
    `some of ${signalNames.join(", ")}`,
    (value) => Array.isArray(value) && value.length > 0 && value.every((signal) => signalNames.includes(signal as OtlpSignal)),
  ),
  resource: each(
    fits("a text, a finite number, true or false", (value) => ["string", "boolean"].includes(typeof value) || Number.isFinite(value)),
  ),
  onRejected: callable("that is told of what a backend did not take"),
});

/** As if it had been refused, or it would wait for two weeks. */
const unreadable: TransportAnswer = { status: 400 };

/** What a backend says of a request is a sentence or two: who says more, or takes longer, is not listened to. Bytes, ms. */
const mostAnswerBytes = 65_536;
const answerBodyMs = 5_000;

/** More reports than that are not half sent at once: the outbox keeps no more. */
const mostHalves = 100;

/**
 * A report is one request of each signal. What a backend has taken is not sent to it again by this page, whatever becomes of
 * the other; the next page may, and `log.record.uid` tells that apart.
 * @throws LinekeeperError `bad-config`, naming the field.
 */
export function otlp(given: OtlpOptions): ReportTransport {
  check("otlp()", given);
  const { url, name, signals = signalNames, resource = {}, onRejected, ...options } = given;
  const { host, search, hash } = checkEndpoint("otlp()", url, options.headers);
  if (search || hash) throw new LinekeeperError("bad-config", "otlp(): url must end with its path: `/v1/logs` comes after it");
  const base = url.replace(/\/+$/, "");
  const post = createPost(options);
  /** What was said to the part of a parcel that went, until the other is through. */
  const halves = new Map<string, Map<OtlpSignal, TransportAnswer>>();

  async function send(parcel: Parcel, how: Parameters<ReportTransport["send"]>[1]): Promise<TransportAnswer> {
    const bodies = await inTurns(bodiesOf(parcel.text, signals, resource), systemClock, how.signal);
    if (!bodies) return unreadable;
    for (const [signal, body] of leftOf(parcel.key, bodies)) {
      const { response, answer } = await ask(parcel.key, signal, body, how);
      if (fateOf(answer) === "again") {
        leaveUnread(response);
        return answer;
      }
      await hear(signal, response, how.signal);
    }
    return concluded(parcel.key);
  }

  /** Both at once: there is no time for one after the other, or to read what is said to it. */
  async function sendAtPageEnd(parcel: Parcel, how: Parameters<ReportTransport["send"]>[1]): Promise<TransportAnswer> {
    const bodies = allAtOnce(bodiesOf(parcel.text, signals, resource));
    if (!bodies) return unreadable;
    const answers = await Promise.all(
      leftOf(parcel.key, bodies).map(async ([signal, body]) => {
        const { response, answer } = await ask(parcel.key, signal, body, how);
        leaveUnread(response);
        return answer;
      }),
    );
    // While one may still get through, the report is not given up for the other's sake.
    return answers.find((answer) => fateOf(answer) === "again") ?? concluded(parcel.key);
  }

  const leftOf = (key: string, bodies: ReadonlyMap<OtlpSignal, string>) =>
    [...bodies].filter(([signal]) => halves.get(key)?.has(signal) !== true);

  async function ask(key: string, signal: OtlpSignal, body: string, how: Parameters<ReportTransport["send"]>[1]) {
    const response = await post(`${base}/v1/${signal}`, body, {}, how);
    const answer = answerOf(response);
    if (fateOf(answer) !== "again") keep(key, signal, answer);
    return { response, answer };
  }

  function keep(key: string, signal: OtlpSignal, answer: TransportAnswer): void {
    halves.set(key, (halves.get(key) ?? new Map<OtlpSignal, TransportAnswer>()).set(signal, answer));
    const [oldest] = halves.keys();
    if (halves.size > mostHalves && oldest !== undefined) halves.delete(oldest);
  }

  /** All of it is through: taken, or refused for good. */
  function concluded(key: string): TransportAnswer {
    const said = [...(halves.get(key)?.values() ?? [])];
    halves.delete(key);
    return said.find(({ status }) => status >= 300) ?? { status: 200 };
  }

  /** A backend that says nothing readable has taken all of it. */
  async function hear(signal: OtlpSignal, response: Response, aborted: AbortSignal): Promise<void> {
    if (!onRejected || !response.ok) return leaveUnread(response);
    try {
      const said = await boundedText(response, { maxBytes: mostAnswerBytes, maxMs: answerBodyMs, signal: aborted });
      const rejection = rejectionOf(signal, JSON.parse(said));
      if (rejection) onRejected(rejection);
    } catch {
      // Neither a broken body nor a listener that throws makes it less delivered.
    }
  }

  return {
    name: name ?? `otlp ${host}`,
    send: (parcel, how) => (how.atPageEnd ? sendAtPageEnd(parcel, how) : send(parcel, how)),
  };
}

/** `ExportLogsPartialSuccess`, `ExportMetricsPartialSuccess`; a count of 0 with a message is a warning, and told too. */
function rejectionOf(signal: OtlpSignal, body: unknown): OtlpRejection | undefined {
  const { partialSuccess } = (body ?? {}) as { readonly partialSuccess?: Readonly<Record<string, unknown>> };
  if (!partialSuccess) return undefined;
  const { rejectedLogRecords, rejectedDataPoints, errorMessage } = partialSuccess;
  const count = Number((signal === "logs" ? rejectedLogRecords : rejectedDataPoints) ?? 0) || 0;
  const message = typeof errorMessage === "string" ? errorMessage : "";
  return count > 0 || message !== "" ? { signal, count, message } : undefined;
}
