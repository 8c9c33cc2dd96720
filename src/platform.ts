/** What this house needs of the web platform and a browser of its range may lack: the one place that makes up for it. */

/** Aborts with the first of them (`AbortSignal.any` came with Chrome 116, Firefox 124, Safari 17.4). */
export function anyOf(...signals: readonly AbortSignal[]): AbortSignal {
  // eslint-disable-next-line no-restricted-properties -- here alone
  if (typeof AbortSignal.any === "function") return AbortSignal.any([...signals]);
  const first = new AbortController();
  for (const signal of signals) {
    if (signal.aborted) first.abort(signal.reason);
    // The others are let go of with the first.
    else signal.addEventListener("abort", () => first.abort(signal.reason), { signal: first.signal });
  }
  return first.signal;
}

/** The URL that a text is; undefined where it is none (`URL.canParse` came with Chrome 120, Firefox 115, Safari 17). */
export function readUrl(text: unknown): URL | undefined {
  try {
    return typeof text === "string" ? new URL(text) : undefined;
  } catch {
    return undefined;
  }
}
