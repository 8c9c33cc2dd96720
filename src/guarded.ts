/** What the integrator's own code is called by where it may not cost the softphone more than itself. */

/** Who is told of what it threw: `listener:failed`, with what it is called by. */
export type OnListenerError = (event: string, error: unknown) => void;

/** @returns what `task` gives; nothing where it throws, which is told of `what`. */
export function guarded<T>(what: string, task: () => T, onError: OnListenerError): T | undefined {
  try {
    return task();
  } catch (error) {
    onError(what, error);
    return undefined;
  }
}
