/** Can the STUN and TURN servers be reached? */
import { Finding, type Check, type PreflightHost } from "./check.ts";

/** A candidate that a server gave: server-reflexive or relayed (RFC 8445 §5.1.1). */
const isOfServer = ({ candidate }: RTCPeerConnectionIceEvent) => /\btyp (srflx|relay)\b/.test(candidate?.candidate ?? "");

export const iceCheck = (host: PreflightHost, iceServers: readonly RTCIceServer[]): Check => ({
  name: "ice-servers",
  needs: ["webrtc"],
  async run(signal) {
    if (!host.RTCPeerConnection) return;
    const connection = new host.RTCPeerConnection({ iceServers: [...iceServers] });
    try {
      await reached(connection, signal);
    } finally {
      connection.close();
    }
  },
});

function reached(connection: RTCPeerConnection, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const nothing = () => reject(new Finding("NetworkError", "no STUN or TURN server gave a candidate"));
    connection.addEventListener("icecandidate", (event) => {
      if (isOfServer(event)) resolve();
      else if (!event.candidate) nothing();
    });
    signal.addEventListener("abort", nothing);
    connection.addTransceiver("audio");
    connection
      .createOffer()
      .then((offer) => connection.setLocalDescription(offer))
      .catch(reject);
  });
}
