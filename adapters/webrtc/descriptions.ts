/** Our side of one call's sessions, described: offers and answers, with their candidates (RFC 8829 §4.1, RFC 3264). */
import type { Clock } from "../../src/clock.ts";
import { type Connections, declineOthers } from "./connections.ts";
import { candidatesOf } from "./gathering.ts";
import type { Ice } from "./ice.ts";
import type { Microphone } from "./microphone.ts";
import { direct, type Quiet } from "./quiet.ts";
import { readableOffer } from "./remote-description.ts";

export interface DescriptionPorts {
  readonly ice: Ice;
  readonly iceGatheringTimeoutMs: number;
  readonly clock: Clock;
  readonly microphone: Microphone;
  readonly connections: Connections;
  readonly quiet: Quiet;
  /** The microphone is open; it is to be as hold and mute have it. */
  opened(this: void): void;
  /** The peer that is heard sends another track. */
  tracked(this: void): void;
  /** The call is over. */
  readonly signal: AbortSignal;
}

export class Descriptions {
  readonly #ports: DescriptionPorts;

  constructor(ports: DescriptionPorts) {
    this.#ports = ports;
  }

  /** On a connection of its own. */
  offer(): Promise<string> {
    return this.#describe((connection, addMicrophone) => {
      addMicrophone();
      return connection.createOffer();
    });
  }

  /** On a connection of its own. */
  async answer(offer: string, signal: AbortSignal): Promise<string> {
    const answer = await this.#describe(async (connection, addMicrophone) => {
      await connection.setRemoteDescription({ type: "offer", sdp: readableOffer(offer) });
      declineOthers(connection);
      // Not before: a call that begins on hold (`sendonly`) would get a line of its own for it (RFC 8829 §5.10), and never hear us.
      addMicrophone();
      return connection.createAnswer();
    });
    // Who gave up while the microphone was being opened must not take the place of who still waits.
    if (signal.aborted) this.#ports.connections.withdraw(answer);
    signal.throwIfAborted();
    return answer;
  }

  /** What `connection` is to be from now on, as the peer has it. */
  async reanswer(connection: RTCPeerConnection, offer: string): Promise<string> {
    await connection.setRemoteDescription({ type: "offer", sdp: readableOffer(offer) });
    try {
      declineOthers(connection);
      const description = await this.#gather(connection, await connection.createAnswer());
      this.#ports.connections.describe({ connection, description, answer: offer });
      return description;
    } catch (error) {
      if (connection.signalingState === "have-remote-offer") await connection.setRemoteDescription({ type: "rollback", sdp: "" });
      throw error;
    }
  }

  /** What the call's own connection is to be from now on. @throws InvalidStateError before the call is answered. */
  async reoffer(how?: RTCOfferOptions): Promise<string> {
    const { connections, ice, signal } = this.#ports;
    const connection = connections.taken;
    if (!connection) throw new DOMException("the call is not answered", "InvalidStateError");
    if (how?.iceRestart) await ice.renew(connection, signal);
    const description = await this.#gather(connection, await connection.createOffer(how));
    connections.describe({ connection, description });
    return description;
  }

  /** A fresh connection with the microphone on it, and our description of it with its candidates. */
  async #describe(
    create: (connection: RTCPeerConnection, addMicrophone: () => void) => Promise<RTCSessionDescriptionInit>,
  ): Promise<string> {
    const { ice, microphone, connections, quiet, opened, tracked, signal } = this.#ports;
    const asked = ice.servers(signal);
    await microphone.open();
    opened();
    const servers = await asked;
    signal.throwIfAborted();
    const connection = ice.connection(servers);
    connections.add(connection, tracked);
    const addMicrophone = () => {
      const stream = microphone.stream;
      for (const track of stream?.getTracks() ?? []) connection.addTrack(track, ...(stream ? [stream] : []));
      if (quiet.isHeld) direct(connection, true);
    };
    try {
      const description = await this.#gather(connection, await create(connection, addMicrophone));
      connections.describe({ connection, description });
      return description;
    } catch (error) {
      connection.close();
      throw error;
    }
  }

  async #gather(connection: RTCPeerConnection, description: RTCSessionDescriptionInit): Promise<string> {
    const { iceGatheringTimeoutMs, clock, signal } = this.#ports;
    await connection.setLocalDescription(description);
    await candidatesOf(connection, iceGatheringTimeoutMs, clock, signal);
    signal.throwIfAborted();
    // An offer of the peer's takes the place of one of ours that is not answered (RFC 8829 §4.1.10.2).
    if (connection.localDescription?.type !== description.type) throw new DOMException("the peer changed the session", "InvalidStateError");
    return connection.localDescription?.sdp ?? "";
  }
}
