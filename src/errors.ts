/** Every error that Linekeeper makes. `docs/errors.md` shows this table; a test holds both equal. */
export const errorTable = {
  "bad-config": {
    causes: [
      "A field given to createLinekeeper(), setTrunks(), weigh(), boot.stage() or what is passed to them, as sipjs(), is missing, misspelt or out of range; or, in a development build, a listener that is no function, or to an event that does not exist.",
    ],
    solutions: ["Correct the field or the name that the message names."],
    retryable: false,
  },
  closed: {
    causes: ["close() was called before."],
    solutions: ["Make a new Linekeeper; a closed one stays closed."],
    retryable: false,
  },
  "unknown-trunk": {
    causes: ["isolate(), restore(), weigh(), probe() or preflight() was given an id that no trunk has."],
    solutions: ["Use an id from the configuration, or from line.trunks."],
    retryable: false,
  },
  "stage-overdue": {
    causes: ["A boot stage did not end within its timeoutMs."],
    solutions: ["See what the stage waits for; raise timeoutMs only if it is known to be slow."],
    retryable: true,
  },
  "stage-blocked": {
    causes: ["A boot stage depends on one that failed or was never run."],
    solutions: ["Mend the stage that is named, or take it out of dependsOn."],
    retryable: true,
  },
  "stage-aborted": {
    causes: ["The initialisation was restarted, aborted or closed while the stage ran."],
    solutions: ["Nothing, if that was meant."],
    retryable: true,
  },
} as const satisfies Record<string, { causes: readonly string[]; solutions: readonly string[]; retryable: boolean }>;

/** Stable names of what went wrong; `docs/errors.md` has a row for each. */
export type ErrorCode = keyof typeof errorTable;

/** The one error class: a stable code, what may have caused it, what to do, and whether trying again can help. */
export class LinekeeperError extends Error {
  /** The same for all of them: tells them from errors of others where `instanceof` cannot, as between two copies of the package. */
  override readonly name = "LinekeeperError";
  /** What went wrong, stable across versions; the message ends with it. */
  readonly code: ErrorCode;
  /** What may have led to it, in plain English. */
  readonly causes: readonly string[];
  /** What to do about it, in plain English. */
  readonly solutions: readonly string[];
  /** Whether the same may succeed when it is tried again, with nothing else changed. */
  readonly retryable: boolean;

  constructor(code: ErrorCode, detail: string, options?: ErrorOptions) {
    super(`${detail} [${code}]`, options);
    this.code = code;
    ({ causes: this.causes, solutions: this.solutions, retryable: this.retryable } = errorTable[code]);
  }
}

/** What an object of somebody else's says; undefined where a getter, or a proxy, throws. */
export function whereReadable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

/**
 * The name of whatever was thrown; never its message, which may hold secrets, nor what somebody has put in the name's place. It is asked where
 * something has failed already, and throws at nothing.
 */
export function errorName(error: unknown): string {
  if (whereReadable(() => error instanceof Error) !== true) return typeof error;
  const name: unknown = whereReadable(() => (error as Error).name);
  return typeof name === "string" && /^[\w$.-]{1,64}$/.test(name) ? name : "Error";
}
