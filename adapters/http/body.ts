/** What an endpoint says in its answer's body: read only as far as somebody of good will goes. */
import { systemClock, within } from "../../src/clock.ts";

interface BodyBounds {
  readonly maxBytes: number;
  /** For all of it, ms. */
  readonly maxMs: number;
  readonly signal: AbortSignal;
}

/**
 * The body as text. What is past either bound is not waited for, and the connection let go.
 * @throws RangeError where it is longer; TimeoutError (a DOMException) where it takes longer; what `fetch` throws.
 */
export async function boundedText({ body }: Response, { maxBytes, maxMs, signal }: BodyBounds): Promise<string> {
  if (!body) return "";
  const reader = body.getReader();
  async function readAll(): Promise<string> {
    const decoder = new TextDecoder();
    let [text, bytes] = ["", 0];
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      bytes += read.value.byteLength;
      if (bytes > maxBytes) throw new RangeError(`longer than ${maxBytes} bytes`);
      text += decoder.decode(read.value, { stream: true });
    }
    return text + decoder.decode();
  }
  try {
    return await within(systemClock, readAll(), maxMs, signal);
  } catch (error) {
    reader.cancel().catch(() => {});
    throw error;
  }
}
