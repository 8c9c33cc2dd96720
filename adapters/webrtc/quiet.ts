/** What hold and mute make of tracks and descriptions. What leaves a muted microphone is silence, so that nobody takes it for a dead line. */

/** @param hushed tracks that we made quiet: what the page switches off itself, it switches on again. */
export function hush(track: MediaStreamTrack, isQuiet: boolean, hushed: WeakSet<MediaStreamTrack>): void {
  if (isQuiet && track.enabled) hushed.add(track);
  else if (isQuiet || !hushed.delete(track)) return;
  track.enabled = !isQuiet;
}

/** Which way each description of it says that the audio goes; what the peer's offer does not allow the browser leaves out. */
export function direct(connection: RTCPeerConnection, isHeld: boolean): void {
  const [before, after] = isHeld ? (["sendrecv", "sendonly"] as const) : (["sendonly", "sendrecv"] as const);
  if (connection.signalingState === "closed") return;
  for (const each of connection.getTransceivers()) if (each.direction === before) each.direction = after;
}
