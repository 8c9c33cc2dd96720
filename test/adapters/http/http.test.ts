import { gunzipSync } from "node:zlib";
import { HttpResponse, http as msw } from "msw";
import { setupServer } from "msw/node";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { http } from "../../../adapters/http/index.ts";

const url = "https://reports.example/line";
const server = setupServer();
beforeAll(() => server.listen());
afterEach(() => {
  server.resetHandlers();
  vi.unstubAllGlobals();
});
afterAll(() => server.close());

const parcel = { key: "s-4/closed", text: '{"reportId":"s-4","what":"é"}' };
const how = (atPageEnd = false) => ({ signal: new AbortController().signal, atPageEnd });

interface Got {
  readonly headers: Headers;
  readonly text: string;
  readonly keepalive: boolean;
}

/** Answers as told, the last answer for ever. */
function endpoint(...answers: readonly { readonly status: number; readonly headers?: Record<string, string> }[]): Got[] {
  const got: Got[] = [];
  server.use(
    msw.post(url, async ({ request }) => {
      const bytes = Buffer.from(await request.arrayBuffer());
      const isZipped = request.headers.get("Content-Encoding") === "gzip";
      got.push({ headers: request.headers, keepalive: request.keepalive, text: (isZipped ? gunzipSync(bytes) : bytes).toString() });
      const { status, headers } = answers[Math.min(got.length, answers.length) - 1] ?? { status: 200 };
      return new HttpResponse("a body that nobody reads", { status, ...(headers && { headers }) });
    }),
  );
  return got;
}

describe("one try", () => {
  test("is a POST of JSON, zipped, with its key", async () => {
    const got = endpoint({ status: 202 });
    expect(await http({ url }).send(parcel, how())).toEqual({ status: 202 });
    expect(got).toMatchObject([{ text: parcel.text, keepalive: false }]);
    const { headers } = got[0] as Got;
    expect([headers.get("Idempotency-Key"), headers.get("Content-Type"), headers.get("Content-Encoding")]).toEqual([
      '"s-4/closed"',
      "application/json",
      "gzip",
    ]);
  });

  test("tells what the endpoint said, and follows no redirect", async () => {
    const date = "Thu, 26 Nov 2026 12:00:00 GMT";
    endpoint(
      { status: 503, headers: { "Retry-After": "7", Date: date } },
      { status: 302, headers: { Location: "https://login.example/" } },
    );
    const transport = http({ url });
    expect(await transport.send(parcel, how())).toEqual({ status: 503, retryAfter: "7", date });
    expect(await transport.send(parcel, how())).toMatchObject({ status: 302 });
  });

  test("an endpoint that cannot unzip gets plain text, from then on", async () => {
    const got = endpoint({ status: 415 }, { status: 200 });
    const transport = http({ url });
    expect(await transport.send(parcel, how())).toEqual({ status: 200 });
    await transport.send(parcel, how());
    expect(got.map(({ headers }) => headers.get("Content-Encoding"))).toEqual(["gzip", null, null]);
    expect(got.map(({ text }) => text)).toEqual([parcel.text, parcel.text, parcel.text]);
  });

  test("nor does one have to know what 415 is: 400 to what it takes unzipped says as much; to both, it was the report", async () => {
    const naive = endpoint({ status: 400 }, { status: 200 });
    const transport = http({ url });
    expect(await transport.send(parcel, how())).toEqual({ status: 200 });
    await transport.send(parcel, how());
    expect(naive.map(({ headers }) => headers.get("Content-Encoding"))).toEqual(["gzip", null, null]);
    server.resetHandlers();
    const strict = endpoint({ status: 400 }, { status: 422 }, { status: 200 });
    const other = http({ url });
    expect(await other.send(parcel, how())).toEqual({ status: 422 });
    await other.send(parcel, how());
    expect(strict.map(({ headers }) => headers.get("Content-Encoding"))).toEqual(["gzip", null, "gzip"]);
  });

  test("goes out unzipped where the host cannot zip, or where it is not wanted", async () => {
    const got = endpoint();
    await http({ url, gzip: false }).send(parcel, how());
    vi.stubGlobal("CompressionStream", undefined);
    await http({ url }).send(parcel, how());
    expect(got.map(({ headers }) => headers.get("Content-Encoding"))).toEqual([null, null]);
  });

  test("has fresh headers each time; where there are none it is not made", async () => {
    const got = endpoint();
    let count = 0;
    const transport = http({ url, headers: () => Promise.resolve({ Authorization: `Bearer ${++count}` }) });
    await transport.send(parcel, how());
    await transport.send(parcel, how());
    expect(got.map(({ headers }) => headers.get("Authorization"))).toEqual(["Bearer 1", "Bearer 2"]);
    const refused = http({ url, headers: () => Promise.reject(new TypeError("no token")) });
    await expect(refused.send(parcel, how())).rejects.toThrow(TypeError);
    expect(got).toHaveLength(2);
  });

  test("ends with its signal", async () => {
    const stop = new AbortController();
    const asked = vi.fn(
      (_: unknown, { signal }: RequestInit) =>
        new Promise<Response>((_resolve, reject) => signal?.addEventListener("abort", () => reject(signal.reason as Error))),
    );
    const sent = http({ url, gzip: false, fetch: asked as never }).send(parcel, { signal: stop.signal, atPageEnd: false });
    stop.abort();
    await expect(sent).rejects.toThrow("aborted");
    expect(asked).toHaveBeenCalledWith(url, expect.objectContaining({ method: "POST", redirect: "manual", credentials: "same-origin" }));
  });
});

describe("at the page's end", () => {
  const answered = () => vi.fn((..._: Parameters<typeof fetch>) => Promise.resolve(new Response(null, { status: 200 })));

  test("the request is under way before anything else can happen", async () => {
    const asked = answered();
    const sent = http({ url, fetch: asked }).send(parcel, how(true));
    expect(asked).toHaveBeenCalledWith(url, expect.objectContaining({ keepalive: true, body: parcel.text }));
    expect(await sent).toEqual({ status: 200 });
  });

  test("what the browser would refuse is left to the next page: 64 kB, all of it together", async () => {
    const asked = vi.fn((..._: Parameters<typeof fetch>) => new Promise<Response>(() => {}));
    const transport = http({ url, fetch: asked });
    const half = { key: "k", text: "é".repeat(16_000) };
    void transport.send(half, how(true));
    await expect(transport.send(half, how(true))).rejects.toThrow("too large");
    expect(asked).toHaveBeenCalledOnce();
  });

  test("the headers are those of the last try; without any it is the next page's", async () => {
    const asked = answered();
    const transport = http({ url, gzip: false, fetch: asked, headers: () => Promise.resolve({ Authorization: "Bearer 1" }) });
    await expect(transport.send(parcel, how(true))).rejects.toThrow("not known");
    expect(asked).not.toHaveBeenCalled();
    await transport.send(parcel, how());
    await transport.send(parcel, how(true));
    expect(asked.mock.calls[1]?.[1]).toMatchObject({ keepalive: true, headers: { Authorization: "Bearer 1" } });
  });

  test("where fetch cannot outlive the page a beacon goes, and what became of it is not known", async () => {
    const sendBeacon = vi.fn((..._: Parameters<Navigator["sendBeacon"]>) => true);
    vi.stubGlobal("Request", class {});
    vi.stubGlobal("navigator", { sendBeacon });
    const asked = answered();
    await expect(http({ url, fetch: asked }).send(parcel, how(true))).rejects.toThrow("nobody tells");
    expect(sendBeacon).toHaveBeenCalledOnce();
    const [, sent] = sendBeacon.mock.calls[0] as [string, Blob];
    expect(await sent.text()).toBe(parcel.text);
    await expect(http({ url, fetch: asked, headers: () => ({}) }).send(parcel, how(true))).rejects.toThrow();
    expect([sendBeacon.mock.calls.length, asked.mock.calls.length]).toEqual([1, 0]);
  });
});

test.each([
  [{ url: "nowhere" }, /url must be an HTTP URL/],
  [{ url: "wss://a.example" }, /url must be an HTTP URL/],
  [{ url: undefined }, /url must be an HTTP URL/],
  [{ url: "https://user:secret@a.example" }, /^(?!.*secret).*must not hold credentials/],
  [{ url, headers: { Authorization: "secret" } }, /^(?!.*secret).*headers must be a function/],
])("%j is refused with one error that names the field", (options, message) => {
  expect(() => http(options as never)).toThrow(
    expect.objectContaining({ code: "bad-config", message: expect.stringMatching(message) as string }),
  );
});

test("http: is refused on an https page, where a browser would block it, but for this machine", () => {
  vi.stubGlobal("location", { protocol: "https:" });
  expect(() => http({ url: "http://reports.example/" })).toThrow("http(): url is http:, which a browser blocks on an https page");
  for (const url of ["http://127.0.0.1:8080/", "http://localhost/", "https://reports.example/"]) expect(() => http({ url })).not.toThrow();
});

test("is named by its host, never by its path or query", () => {
  expect(http({ url: "https://reports.example:8443/secret?token=secret" }).name).toBe("http reports.example:8443");
});
