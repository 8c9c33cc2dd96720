import { gunzipSync } from "node:zlib";
import { HttpResponse, http as msw } from "msw";
import { setupServer } from "msw/node";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { otlp, type OtlpRejection } from "../../../adapters/otlp/index.ts";
import { carrierRouting } from "../../report/journals.ts";
import { throughProto } from "./official-proto.ts";
import { buildReport } from "../../../src/report/index.ts";

const url = "https://otel.example/base/";
const server = setupServer();
beforeAll(() => server.listen());
afterEach(() => server.resetHandlers());
afterAll(() => server.close());

const { entries, incident } = carrierRouting();
const parcel = { key: "s-4/closed", text: JSON.stringify(buildReport(entries, incident, { generatedAtMs: 0 })) };
const how = (atPageEnd = false) => ({ signal: new AbortController().signal, atPageEnd });

interface Answer {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

/** A backend that reads as strictly as the official types, and says to each request what comes next for its path; 200 after that. */
function backend(answers: { readonly logs?: readonly Answer[]; readonly metrics?: readonly Answer[] } = {}) {
  const got: string[] = [];
  const headers: Headers[] = [];
  for (const signal of ["logs", "metrics"] as const)
    server.use(
      msw.post(`https://otel.example/base/v1/${signal}`, async ({ request }) => {
        const bytes = Buffer.from(await request.arrayBuffer());
        const isZipped = request.headers.get("Content-Encoding") === "gzip";
        throughProto(signal, JSON.parse((isZipped ? gunzipSync(bytes) : bytes).toString()));
        const index = got.filter((each) => each === signal).length;
        got.push(signal);
        headers.push(request.headers);
        const { status = 200, headers: said = {}, body = "{}" } = answers[signal]?.[index] ?? {};
        return new HttpResponse(body, { status, headers: said });
      }),
    );
  return { got, headers };
}

describe("one try", () => {
  test("is a POST of JSON for logs and one for metrics, zipped, with the integrator's headers and no others", async () => {
    const { got, headers } = backend();
    const transport = otlp({ url, headers: () => Promise.resolve({ Authorization: "Bearer 1" }) });
    expect(await transport.send(parcel, how())).toEqual({ status: 200 });
    expect(got).toEqual(["logs", "metrics"]);
    for (const fields of headers) {
      expect(["Content-Type", "Content-Encoding", "Authorization"].map((name) => fields.get(name))).toEqual([
        "application/json",
        "gzip",
        "Bearer 1",
      ]);
      expect(fields.get("Idempotency-Key")).toBeNull();
    }
  });

  test("sends what is asked for only", async () => {
    const { got } = backend();
    await otlp({ url, signals: ["metrics"] }).send(parcel, how());
    expect(got).toEqual(["metrics"]);
  });

  test.each([429, 503])("%i with Retry-After is the outbox's, and what went through is not sent again", async (status) => {
    const { got } = backend({ metrics: [{ status, headers: { "Retry-After": "7" } }] });
    const transport = otlp({ url });
    expect(await transport.send(parcel, how())).toEqual({ status, retryAfter: "7" });
    expect(await transport.send(parcel, how())).toEqual({ status: 200 });
    expect(got).toEqual(["logs", "metrics", "metrics"]);
    await transport.send(parcel, how());
    expect(got).toHaveLength(5);
  });

  test("a signal that is refused does not keep the other back; the report is told as refused", async () => {
    const { got } = backend({ logs: [{ status: 404 }], metrics: [{ status: 503 }] });
    const transport = otlp({ url });
    expect(await transport.send(parcel, how())).toEqual({ status: 503 });
    expect(await transport.send(parcel, how())).toEqual({ status: 404 });
    expect(got).toEqual(["logs", "metrics", "metrics"]);
  });

  test("what one report has sent is another report's no matter, however many are half sent", async () => {
    const { got } = backend({ metrics: Array.from({ length: 101 }, () => ({ status: 503 })) });
    const transport = otlp({ url, gzip: false });
    for (let n = 0; n <= 100; n++) await transport.send({ ...parcel, key: `s-${n}/closed` }, how());
    await transport.send({ ...parcel, key: "s-100/closed" }, how());
    expect(got.slice(-1)).toEqual(["metrics"]);
    await transport.send({ ...parcel, key: "s-0/closed" }, how());
    expect(got.slice(-2)).toEqual(["logs", "metrics"]);
  });

  test("a report of another version, which cannot be read, is given up and not waited for", async () => {
    const { got } = backend();
    expect(await otlp({ url }).send({ key: "k", text: '{"version":"linekeeper-report/9"}' }, how())).toEqual({ status: 400 });
    expect(await otlp({ url }).send({ key: "k", text: "no JSON" }, how())).toEqual({ status: 400 });
    expect(got).toEqual([]);
  });
});

describe("partial success", () => {
  const partial = (fields: object): Answer => ({ body: JSON.stringify({ partialSuccess: fields }) });
  async function told(logs: Answer, metrics: Answer = {}): Promise<OtlpRejection[]> {
    const { got } = backend({ logs: [logs], metrics: [metrics] });
    const rejections: OtlpRejection[] = [];
    expect(await otlp({ url, onRejected: (rejection) => void rejections.push(rejection) }).send(parcel, how())).toEqual({ status: 200 });
    expect(got).toHaveLength(2);
    return rejections;
  }

  test("is success, and what was not taken is told", async () => {
    expect(await told(partial({ rejectedLogRecords: "3", errorMessage: "too old" }), partial({ rejectedDataPoints: 1 }))).toEqual([
      { signal: "logs", count: 3, message: "too old" },
      { signal: "metrics", count: 1, message: "" },
    ]);
  });

  test("a message alone is a warning; nothing, or nothing readable, is nothing", async () => {
    expect(await told(partial({ errorMessage: "soon too old" }))).toEqual([{ signal: "logs", count: 0, message: "soon too old" }]);
    expect(await told(partial({}), partial({ rejectedDataPoints: "0" }))).toEqual([]);
    expect(await told({ body: "<html>" }, { body: "null" })).toEqual([]);
  });

  describe("of a backend that lies", () => {
    /** @param pull what it goes on saying, until nobody listens. */
    function lying(pull: (controller: ReadableStreamDefaultController<Uint8Array>) => void | Promise<void>) {
      const left = vi.fn();
      const says = () => new Response(new ReadableStream<Uint8Array>({ pull, cancel: left }, { highWaterMark: 0 }), { status: 200 });
      const onRejected = vi.fn();
      const sent = otlp({ url, gzip: false, onRejected, fetch: () => Promise.resolve(says()) }).send(parcel, how());
      return { sent, left, onRejected };
    }

    test("what has no end is left after some kB, and the report is delivered all the same", async () => {
      let bytes = 0;
      const { sent, left, onRejected } = lying((controller) => {
        bytes += 16_384;
        controller.enqueue(new Uint8Array(16_384).fill(0x20));
      });
      expect(await sent).toEqual({ status: 200 });
      expect(left).toHaveBeenCalledTimes(2);
      expect(bytes).toBeLessThanOrEqual(2 * (65_536 + 16_384));
      expect(onRejected).not.toHaveBeenCalled();
    });

    test("what does not come is left after some seconds", async () => {
      vi.useFakeTimers();
      try {
        const { sent, left } = lying(() => new Promise(() => {}));
        await vi.advanceTimersByTimeAsync(10_000);
        expect(left).toHaveBeenCalledTimes(2);
        expect(await sent).toEqual({ status: 200 });
      } finally {
        vi.useRealTimers();
      }
    });
  });

  test("a listener that throws changes nothing", async () => {
    backend({ logs: [partial({ rejectedLogRecords: "1" })] });
    const onRejected = vi.fn(() => {
      throw new Error("listener");
    });
    expect(await otlp({ url, onRejected }).send(parcel, how())).toEqual({ status: 200 });
    expect(onRejected).toHaveBeenCalledOnce();
  });
});

test("at the page's end both are under way before anything else can happen", async () => {
  const asked = vi.fn((..._: Parameters<typeof fetch>) => Promise.resolve(new Response(null, { status: 200 })));
  const sent = otlp({ url, fetch: asked }).send(parcel, how(true));
  expect(asked.mock.calls.map(([where, init]) => [where, init?.keepalive])).toEqual([
    ["https://otel.example/base/v1/logs", true],
    ["https://otel.example/base/v1/metrics", true],
  ]);
  expect(await sent).toEqual({ status: 200 });
});

describe("at the page's end", () => {
  test("only what is left of a report that was half sent goes out", async () => {
    const { got } = backend({ metrics: [{ status: 503 }] });
    const transport = otlp({ url, gzip: false });
    await transport.send(parcel, how());
    expect(await transport.send(parcel, how(true))).toEqual({ status: 200 });
    expect(got).toEqual(["logs", "metrics", "metrics"]);
  });

  test("what went out is not sent again if the page comes back, and what was not taken is", async () => {
    const { got } = backend({ logs: [{ status: 503 }] });
    const transport = otlp({ url, gzip: false });
    expect(await transport.send(parcel, how(true))).toEqual({ status: 503 });
    expect(await transport.send(parcel, how())).toEqual({ status: 200 });
    expect(got.toSorted()).toEqual(["logs", "logs", "metrics"]);
  });

  test("one that is refused for good does not have the other given up, and is told once both are through", async () => {
    backend({ logs: [{ status: 404 }], metrics: [{ status: 503 }] });
    const transport = otlp({ url, gzip: false });
    expect(await transport.send(parcel, how(true))).toEqual({ status: 503 });
    expect(await transport.send(parcel, how(true))).toEqual({ status: 404 });
  });

  test("a report that cannot be read is given up", async () => {
    const { got } = backend();
    expect(await otlp({ url }).send({ key: "k", text: "no JSON" }, how(true))).toEqual({ status: 400 });
    expect(got).toEqual([]);
  });
});

test.each([
  [{ url: "nowhere" }, /url must be an HTTP URL/],
  [{ url: "https://user:secret@a.example" }, /^(?!.*secret).*must not hold credentials/],
  [{ url: "https://a.example/?token=secret" }, /^(?!.*secret).*url must end with its path/],
  [{ url, headers: { Authorization: "secret" } }, /^(?!.*secret).*headers must be a function/],
  [{ url, signals: ["traces"] }, /signals must be some of logs, metrics/],
  [{ url, resource: { team: { name: "secret" } } }, /^(?!.*secret).*resource\.team must be a text, a finite number, true or false/],
  [{ url, signals: [] }, /signals must be some of/],
])("%j is refused with one error that names the field", (options, message) => {
  expect(() => otlp(options as never)).toThrow(
    expect.objectContaining({ code: "bad-config", message: expect.stringMatching(message) as string }),
  );
});

test("is named by its host, never by its path", () => {
  expect(otlp({ url: "https://otel.example:4318/secret" }).name).toBe("otlp otel.example:4318");
});
