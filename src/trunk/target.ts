/** How a number is dialled on one trunk: by the integrator's own function, where there is one, which may break. */
import type { TrunkConfig } from "../config.ts";
import { errorName } from "../errors.ts";
import type { Journal } from "../journal.ts";

/** RFC 3261 §19.1.1, without a password. */
const sipUri = /^sips?:([^\s@<>"]+@)?([\w.-]+|\[[\da-f:.]+\])(:\d+)?([;?][^\s<>"]*)?$/i;

/**
 * A function that throws, or gives no text (a promise, say), costs its trunk the call, for whom it meant nobody knows: nothing that
 * could be dialled.
 * @param isLastResort an emergency call that no other trunk takes any more: such a number means the same everywhere, and goes out as it
 * is; so it does in place of what is no SIP URI.
 */
export function targetOf({ target, aor }: TrunkConfig, number: string, isLastResort: boolean, journal: Journal): string {
  const plain = `sip:${encodeURIComponent(number).replace("%2B", "+")}@${aor.slice(aor.indexOf("@") + 1)}`;
  if (!target) return plain;
  try {
    const said: unknown = target(number);
    // Nobody waits for a promise; its rejection is told here, and nowhere else.
    if (typeof said !== "string") void Promise.resolve(said).catch(() => {});
    else if (!isLastResort || sipUri.test(said)) return said;
    throw new TypeError("no SIP URI");
  } catch (error) {
    journal.append("listener:failed", { event: "target", error: errorName(error) });
    return isLastResort ? plain : "";
  }
}
