/** What this house needs of the web platform and a browser of its range may lack: the one place that makes up for it. */

/** Aborts with the first of them (`AbortSignal.any` came with Chrome 116, Firefox 124, Safari 17.4). */
export function anyOf(...signals: readonly AbortSignal[]): AbortSignal {
  // oxlint-disable-next-line no-restricted-properties -- here alone
  if (typeof AbortSignal.any === "function") return AbortSignal.any([...signals]);
  const first = new AbortController();
  // The others are let go of with the first.
  for (const signal of signals)
    whenAborted(
      first.signal,
      whenAborted(signal, () => first.abort(signal.reason)),
    );
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

/** Runs `then` once when the signal aborts: at once where it has already, which a listener would never hear of. @returns what stops that. */
export function whenAborted(signal: AbortSignal, then: () => void): () => void {
  const tell = () => then();
  if (signal.aborted) tell();
  // oxlint-disable-next-line linekeeper/no-restricted-syntax -- here alone
  else signal.addEventListener("abort", tell, { once: true });
  return () => signal.removeEventListener("abort", tell);
}

/** What is looked at of a page's own rights. */
export interface PagePolicy {
  /** False over plain HTTP, which has no microphone (W3C Secure Contexts); absent outside a page. */
  readonly isSecureContext?: boolean;
  /** What the frames around the page let it use (W3C Permissions Policy), under its old name or its new one. */
  readonly document?: { readonly permissionsPolicy?: FeaturePolicy; readonly featurePolicy?: FeaturePolicy };
}

/** What Chromium calls `document.featurePolicy`; other browsers have none. */
interface FeaturePolicy {
  /** Whether the page may use what is named so, such as `microphone`. */
  allowsFeature(feature: string): boolean;
}

/** Why the page may have no microphone, whoever sits before it (W3C Secure Contexts; Permissions Policy); undefined where one may. */
export function microphoneForbidden({ isSecureContext, document }: PagePolicy): string | undefined {
  if (isSecureContext === false) return "the page is not served by https: no browser gives it a microphone";
  const policy = document?.permissionsPolicy ?? document?.featurePolicy;
  return policy?.allowsFeature("microphone") === false
    ? 'the page is in a frame without allow="microphone", or its Permissions-Policy header forbids it'
    : undefined;
}
