/** What can still be sent while a page goes away (https://fetch.spec.whatwg.org/#http-network-or-cache-fetch). */

/** What a browser lets a page leave behind under way, all of it together; a little is left for others. */
const keepaliveBytes = 64 * 1024 - 4 * 1024;

let bytesUnderWay = 0;

interface HandOver {
  readonly url: string;
  readonly text: string;
  /** Undefined where they are not known yet: it is the next page's then. */
  readonly fields: Readonly<Record<string, string>> | undefined;
  /** No headers of the integrator's: a beacon, which can carry none, would do. */
  readonly isBare: boolean;
  readonly ask: (init: RequestInit) => Promise<Response>;
}

/**
 * Hands it to the browser before it returns.
 * @throws or rejects when it is too large, when its headers are not known, or when it is not known what became of it: it
 * stays in the store.
 */
export async function handOver({ url, text, fields, isBare, ask }: HandOver): Promise<Response> {
  const { byteLength } = new TextEncoder().encode(text);
  if (!fields) throw new DOMException("the headers are not known", "NotSupportedError");
  if (bytesUnderWay + byteLength > keepaliveBytes) throw new DOMException("too large for a page's end", "QuotaExceededError");
  if (!("keepalive" in Request.prototype)) {
    if (isBare) beacon(url, text);
    throw new DOMException("nobody tells what became of it", "NotSupportedError");
  }
  bytesUnderWay += byteLength;
  try {
    return await ask({ headers: fields, body: text, keepalive: true });
  } finally {
    bytesUnderWay -= byteLength;
  }
}

/** Older Firefox has nothing else. Whoever gets it tells repeats apart by the report's `reportId` and `status`. */
function beacon(url: string, text: string): void {
  (globalThis as { navigator?: Navigator }).navigator?.sendBeacon?.(url, new Blob([text], { type: "application/json" }));
}
