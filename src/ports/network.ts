/** The host's word on its network, such as `navigator.onLine`: it starts a probe, it proves nothing. */
export interface NetworkSignal {
  /** Calls `changed` at each change. @returns what stops it. */
  watch(changed: (online: boolean) => void): () => void;
}
