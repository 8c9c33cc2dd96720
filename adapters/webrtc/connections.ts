/** The connections of one call: each offer has its own until one is answered; that one is the call's, and every other is closed. */

/** A connection, how we described it, and the answer that it was given. */
export interface Leg {
  readonly connection: RTCPeerConnection;
  readonly description: string;
  readonly answer?: string;
}

/** What the peer at the other end of a connection sends. */
export interface Remote {
  readonly track: MediaStreamTrack;
  readonly stream: MediaStream;
}

/** That of the call's audio: its first, whatever else a peer offers. */
export const audioOf = (connection: RTCPeerConnection): RTCRtpTransceiver | undefined =>
  connection.getTransceivers().find(({ receiver }) => receiver.track.kind === "audio");

/** What a peer offers besides, video or more audio, nobody would see or hear: our answer has it inactive (RFC 3264 §6.1), and the audio goes on. */
export function declineOthers(connection: RTCPeerConnection): void {
  const audio = audioOf(connection);
  for (const each of connection.getTransceivers()) if (each !== audio) each.stop();
}

export class Connections {
  /** All that were made, but for those that are closed. */
  readonly #made = new Set<RTCPeerConnection>();
  /** Who was offered something may still answer: each offer keeps its connection until it is withdrawn, or another is the call's. Last the latest. */
  #legs: readonly Leg[] = [];
  readonly #remotes = new WeakMap<RTCPeerConnection, Remote>();
  #taken: RTCPeerConnection | undefined;
  /** How an inbound call was answered first; the caller may be gone, and the same call go on by another carrier. */
  #firstAnswer: string | undefined;
  /** Until one is taken: that which an announcement comes by. */
  #early: RTCPeerConnection | undefined;

  /** The call's own, once it was answered. */
  get taken(): RTCPeerConnection | undefined {
    return this.#taken;
  }

  get #heard(): RTCPeerConnection | undefined {
    return this.#taken ?? this.#early;
  }

  get remote(): Remote | undefined {
    return this.#heard && this.#remotes.get(this.#heard);
  }

  /** That of the last answer; before any, of the last offer. */
  get current(): RTCPeerConnection | undefined {
    return this.#heard ?? this.#legs.at(-1)?.connection;
  }

  /** @param onTrack the peer that is heard sends another track. */
  add(connection: RTCPeerConnection, onTrack: () => void): void {
    for (const other of this.#made) if (other.signalingState === "closed") this.#made.delete(other);
    this.#made.add(connection);
    connection.addEventListener("track", ({ track, streams: [stream = new MediaStream([track])] }) => {
      if ((audioOf(connection)?.receiver.track ?? track) !== track) return;
      this.#remotes.set(connection, { track, stream });
      if (connection === this.#heard) onTrack();
    });
  }

  /** A new connection, or one that there is, described anew. */
  describe(leg: Leg): void {
    this.#legs = [...this.#legs.filter(({ connection }) => connection !== leg.connection), leg];
  }

  /** @throws InvalidStateError when nothing was offered. */
  legOf(offer?: string): Leg {
    const leg = this.#legs.findLast(({ description }) => offer === undefined || description === offer);
    if (!leg) throw new DOMException("there was no offer", "InvalidStateError");
    return leg;
  }

  /** An announcement comes by it, unless the final answer came meanwhile, or the attempt has failed. @returns whether another is heard now. */
  hear(leg: Leg, answer: string): boolean {
    if (!this.#legs.includes(leg)) return false;
    this.#legs = this.#legs.map((each) => (each === leg ? { ...leg, answer } : each));
    const before = this.#heard;
    this.#early = leg.connection;
    return this.#heard !== before;
  }

  /** The call's from now on: nobody else can be any more. @returns whether another is heard now. */
  take(leg: Leg, firstAnswer = this.#firstAnswer): boolean {
    const { connection } = leg;
    const before = this.#heard;
    for (const other of this.#legs) if (other.connection !== connection) other.connection.close();
    if (this.#taken !== connection) this.#taken?.close();
    this.#legs = [leg];
    this.#taken = connection;
    this.#early = undefined;
    this.#firstAnswer = firstAnswer;
    return connection !== before;
  }

  /** Where it was to change the call's own connection, that goes on as it was. */
  withdraw(offer: string): void {
    const leg = this.#legs.find(({ description }) => description === offer);
    if (!leg) return;
    const { connection } = leg;
    this.#legs = this.#legs.filter((each) => each !== leg);
    if (connection === this.#taken && offer !== this.#firstAnswer) {
      if (connection.signalingState === "have-local-offer") connection.setLocalDescription({ type: "rollback" }).catch(() => {});
      return;
    }
    connection.close();
    if (this.#early === connection) this.#early = undefined;
    if (this.#taken === connection) this.#taken = undefined;
  }

  /** Without renegotiation (W3C webrtc-pc §5.2, `replaceTrack`); what is offered ahead has it too. */
  async replaceTrack(track: MediaStreamTrack): Promise<void> {
    for (const connection of this.#made) {
      // A page that sends what it has made of the microphone has made it of the one that is stopped now.
      const senders =
        connection.signalingState === "closed" ? [] : connection.getSenders().filter((sender) => sender.track?.kind === "audio");
      for (const sender of senders)
        await sender.replaceTrack(track).catch((error: unknown) => {
          if (connection.signalingState !== "closed") throw error;
        });
    }
  }

  close(): void {
    for (const { connection } of this.#legs) connection.close();
    this.#taken?.close();
  }
}
