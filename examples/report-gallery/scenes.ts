/** The incidents that the gallery shows: recorded working days of the corpus that the verdicts are measured on. */
export interface Scene {
  readonly name: string;
  readonly title: string;
  /** A journal of `test/corpus/journals`. */
  readonly journal: string;
}

export const scenes: readonly Scene[] = [
  { name: "silent-route", title: "A carrier’s local route falls silent", journal: "route-silent-2" },
  { name: "crm-start", title: "The CRM’s start-up hangs, and a new start-up ends it", journal: "start-hangs-2" },
  { name: "network-cut", title: "The agent’s network is cut", journal: "network-cut-1" },
  { name: "websocket-blocked", title: "A proxy blocks WebSocket", journal: "proxy-refuses-websockets-2" },
  { name: "wrong-credentials", title: "A carrier refuses the account", journal: "account-forbidden-1" },
  { name: "poor-audio", title: "Poor audio on one carrier", journal: "poor-audio-until-set-aside-2" },
  { name: "two-faults", title: "Two faults at once: a route and a microphone", journal: "microphone-while-a-route-fails-1" },
];
