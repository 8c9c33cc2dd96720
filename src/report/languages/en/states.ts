/** States and ends, in the words of tables and of the picture. */
import type { Catalogue } from "../../language.ts";

export const outcomeClasses: Catalogue["outcomeClasses"] = {
  answered: "answered",
  carrier: "carrier’s side",
  callee: "callee’s side",
  caller: "settings refused",
  network: "network between",
  ambiguous: "ambiguous",
  local: "ended here",
};

export const failoverReasons: Catalogue["failoverReasons"] = {
  "not-connected": "no connection to the trunk",
  "flow-lost": "connection lost",
  silence: "no answer in time",
  stalled: "no progress after 100",
  answer: "refused with a code that allows another trunk",
  redial: "the agent chose to dial again",
};

export const refusals: Catalogue["refusals"] = {
  "not-started": "the line had not been started",
  closed: "the line was closed",
  "boot-incomplete": "the CRM had not finished its start-up",
  "trunks-missing": "the CRM had set no trunk",
  "no-trunk": "no trunk was ready",
  "bad-number": "the number could not be dialled",
  "bad-options": "the CRM gave options that could not be used",
  "media-failed": "the microphone could not be opened",
};

export const callEnds: Catalogue["callEnds"] = {
  "hung-up-here": "ended by the agent",
  "hung-up-there": "ended by the other party",
  "answered-elsewhere": "taken by somebody else",
  transferred: "transferred by the agent",
  "callee-refused": "declined by the callee",
  failed: "no trunk could carry it",
  "flow-lost": "connection lost",
};
export const flowStates: Catalogue["flowStates"] = {
  closed: "closed",
  connecting: "connecting",
  open: "open",
  doubted: "in doubt",
  waiting: "lost, waiting to reconnect",
};
export const registrationStates: Catalogue["registrationStates"] = {
  none: "not registered",
  registering: "registering",
  registered: "registered",
  refreshing: "registered, refreshing",
  refused: "failed",
};
export const breakerStates: Catalogue["breakerStates"] = { closed: "in use", open: "set aside", probing: "on trial" };
