/** Entries of the journal that a developer can do something about, as a sentence: pure. The same thing is the same sentence. */
import type { Entry } from "../../src/journal.ts";

/** @returns undefined where there is nothing to say. */
export function sentenceOf(entry: Entry): string | undefined {
  switch (entry.type) {
    case "store:failed":
      return `the store "${entry.store}" failed (${entry.error}). Reports that wait are kept in memory and will not outlive this page.`;
    case "sink:failed":
      return `the report sink "${entry.sink}" threw ${entry.error}. That report is lost: a transport such as http() would have tried again.`;
    case "report:delayed":
      return `reports to "${entry.sink}" wait: ${reachedOf(entry)}. They are tried again, less and less often.`;
    case "report:given-up":
      return `"${entry.sink}" refused a report with ${entry.status}, so that it is not sent again. ${refusedOf(entry.status)}`;
    case "report:dropped":
      return `reports to "${entry.sink}" were dropped, since they were ${entry.because === "too-old" ? "two weeks old" : "too many to be kept"}.`;
    case "session:recovered":
      if (entry.error !== undefined) return `what an earlier page left could not be read (${entry.error}), and was put away.`;
      return entry.unreadable === undefined
        ? undefined
        : `of the journal that an earlier page left, ${entry.unreadable} line(s) were damaged; what is reported of it lacks what they told.`;
    case "credentials:failed":
      return `the credentials of trunk "${entry.trunkId}" could not be had (${entry.error}): it cannot register or call.`;
    case "registration:changed":
      return entry.to === "refused"
        ? `trunk "${entry.trunkId}" refused our registration with ${entry.answer?.code ?? "no answer"}. Check its aor, username and password.`
        : undefined;
    case "listener:failed":
      return `a listener of "${entry.event}" threw ${entry.error}. Linekeeper goes on; the listener has missed that event.`;
    case "policy:failed":
      return `the policy failed (${entry.error}); the trunks were tried in Linekeeper's own order.`;
    case "stage:failed":
      return entry.final ? `the start-up stage "${entry.stage}" failed (${entry.fault.name ?? entry.fault.kind}).` : undefined;
    case "crm:failed":
      return `the CRM's "${entry.what}" failed (${entry.fault.name ?? entry.fault.kind}).`;
    case "diagnosis:missing":
      return `the diagnosis could not be loaded (${entry.error}). Are all files of the build deployed?`;
    case "call:refused":
      return `a call was not placed: ${entry.because}${entry.stage === undefined ? "" : ` (stage "${entry.stage}")`}.`;
    case "transition:violated":
      return `a transition that is in no table (${entry.machine}: ${entry.state} on ${entry.event}). Please report it: this is a defect of Linekeeper's.`;
    default:
      return undefined;
  }
}

const reachedOf = ({ status, error }: { readonly status?: number; readonly error?: string }): string =>
  status === undefined
    ? `nobody answered (${error ?? "no reason given"}). Is the URL right, and does its server allow this origin (CORS)?`
    : `it answered ${status}${status === 401 || status === 407 ? " (does `headers` give a token that is valid?)" : ""}`;

function refusedOf(status: number): string {
  if (status === 401 || status === 403 || status === 407) return "Does `headers` give a token that is valid?";
  if (status === 404) return "Is the URL right?";
  if (status === 413) return "Its server takes no body of that size.";
  return "Its server did not understand it.";
}
