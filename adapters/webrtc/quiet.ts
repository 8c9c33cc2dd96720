/** What hold and mute make of tracks and descriptions. What leaves a muted microphone is silence, so that nobody takes it for a dead line. */

export class Quiet {
  isHeld = false;
  isMuted = false;
  /** Tracks that we made quiet: what the page switches off itself, it switches on again. */
  readonly #hushed = new WeakSet<MediaStreamTrack>();

  /** Makes them what hold and mute ask for. @param remote what the peer sends. */
  conform(microphone: MediaStream | undefined, remote: MediaStreamTrack | undefined, connection: RTCPeerConnection | undefined): void {
    for (const track of microphone?.getAudioTracks() ?? []) this.#hush(track, this.isHeld || this.isMuted);
    if (remote) this.#hush(remote, this.isHeld);
    if (connection) direct(connection, this.isHeld);
  }

  /** Another microphone takes the place of `before`: what the page itself has switched off stays so. */
  inherit(before: MediaStreamTrack | undefined, track: MediaStreamTrack): void {
    if (before?.enabled === false && !this.#hushed.has(before)) track.enabled = false;
  }

  #hush(track: MediaStreamTrack, isQuiet: boolean): void {
    if (isQuiet && track.enabled) this.#hushed.add(track);
    else if (isQuiet || !this.#hushed.delete(track)) return;
    track.enabled = !isQuiet;
  }
}

/** Which way each description of it says that the audio goes; what the peer's offer does not allow the browser leaves out. */
export function direct(connection: RTCPeerConnection, isHeld: boolean): void {
  const [before, after] = isHeld ? (["sendrecv", "sendonly"] as const) : (["sendonly", "sendrecv"] as const);
  if (connection.signalingState === "closed") return;
  for (const each of connection.getTransceivers()) if (each.direction === before) each.direction = after;
}
