/** Softphones that others wrote, from the registry, as much of them as a fault can be seen with. */
import { UA as JsSipAgent, WebSocketInterface } from "jssip";
import type { EndEvent } from "jssip/lib/RTCSession";
import type { IncomingResponse } from "sip.js/lib/core";
import { Inviter, Registerer, SessionState, UserAgent, type SessionDescriptionHandlerFactory } from "sip.js";
import { vi } from "vitest";

export interface Softphone {
  /** What it told its user, in order: `registered`, `ringing`, `answered`, `failed 503`, `ended`, `disconnected`, … */
  readonly told: readonly string[];
  call(number: string): { hangUp(): void };
  /** Registers once more. */
  register(): void;
  stop(): void;
}

export interface Account {
  readonly server: string;
  readonly domain: string;
  readonly user: string;
  readonly password: string;
}

const sdp = [
  "v=0",
  "o=- 1 1 IN IP4 0.0.0.0",
  "s=-",
  "t=0 0",
  "m=audio 9 UDP/TLS/RTP/SAVPF 0 101",
  "c=IN IP4 0.0.0.0",
  "a=rtpmap:0 PCMU/8000",
  "a=rtpmap:101 telephone-event/8000",
  "a=sendrecv",
  "",
].join("\r\n");

/** As much of an `RTCPeerConnection` as JsSIP touches: there is no media here. */
class SilentConnection extends EventTarget {
  readonly iceGatheringState = "complete";
  readonly signalingState = "stable";
  localDescription: object | null = null;
  createOffer = () => Promise.resolve({ type: "offer", sdp });
  createAnswer = () => Promise.resolve({ type: "answer", sdp });
  setLocalDescription = (description: object) => Promise.resolve(void (this.localDescription = description));
  setRemoteDescription = () => Promise.resolve();
  getSenders = () => [];
  getReceivers = () => [];
  close() {}
}

const silentHandler: SessionDescriptionHandlerFactory = () => ({
  close() {},
  getDescription: () => Promise.resolve({ body: sdp, contentType: "application/sdp" }),
  hasDescription: (contentType) => contentType === "application/sdp",
  setDescription: () => Promise.resolve(),
  sendDtmf: () => false,
});

/** The globals of a browser, until the test is over. */
export function pretendBrowser(Socket: typeof WebSocket): void {
  class Description {
    constructor(init: object) {
      Object.assign(this, init);
    }
  }
  const webRtc = { RTCPeerConnection: SilentConnection, RTCSessionDescription: Description, WebSocket: Socket };
  for (const [name, value] of Object.entries(webRtc)) vi.stubGlobal(name, value);
  vi.stubGlobal("window", { ...webRtc, addEventListener() {}, removeEventListener() {} });
}

function jsSip({ server, domain, user, password }: Account): Softphone {
  const told: string[] = [];
  const agent = new JsSipAgent({
    sockets: [new WebSocketInterface(server)],
    uri: `sip:${user}@${domain}`,
    password,
    session_timers: false,
  });
  agent.on("connected", () => told.push("connected"));
  agent.on("disconnected", () => told.push("disconnected"));
  agent.on("registered", () => told.push("registered"));
  agent.on("registrationFailed", () => told.push("not registered"));
  agent.start();
  return {
    told,
    register: () => agent.register(),
    call(number) {
      const session = agent.call(`sip:${number}@${domain}`, {
        mediaConstraints: { audio: false, video: false },
        eventHandlers: {
          progress: ({ originator }: { originator: string }) => originator === "remote" && told.push("ringing"),
          accepted: () => told.push("answered"),
          failed: ({ message, cause }: EndEvent) =>
            told.push(`failed ${message && "status_code" in message ? message.status_code : cause}`),
          ended: () => told.push("ended"),
        },
      });
      return { hangUp: () => session.isEnded() || session.terminate() };
    },
    stop: () => agent.stop(),
  };
}

function sipJs({ server, domain, user, password }: Account): Softphone {
  const told: string[] = [];
  const uri = UserAgent.makeURI(`sip:${user}@${domain}`);
  if (!uri) throw new Error("no URI");
  const agent = new UserAgent({
    uri,
    authorizationUsername: user,
    authorizationPassword: password,
    logBuiltinEnabled: false,
    sessionDescriptionHandlerFactory: silentHandler,
    // Pings: the only one of the two that can.
    transportOptions: { server, keepAliveInterval: 20 },
    delegate: { onConnect: () => told.push("connected"), onDisconnect: () => told.push("disconnected") },
  });
  const registerer = new Registerer(agent, { expires: 600 });
  const register = () =>
    void registerer.register({
      requestDelegate: { onAccept: () => told.push("registered"), onReject: () => told.push("not registered") },
    });
  void agent.start().then(register, () => told.push("disconnected"));
  return {
    told,
    register,
    call(number) {
      const target = UserAgent.makeURI(`sip:${number}@${domain}`);
      if (!target) throw new Error("no URI");
      const session = new Inviter(agent, target);
      const requestDelegate = {
        onProgress: () => told.push("ringing"),
        onAccept: () => told.push("answered"),
        onReject: ({ message }: IncomingResponse) => told.push(`failed ${message.statusCode}`),
      };
      session.stateChange.addListener((state) => state === SessionState.Terminated && told.push("ended"));
      void session.invite({ requestDelegate });
      const hangUp = () => {
        if (session.state === SessionState.Established) void session.bye();
        else if (session.state !== SessionState.Terminated) void session.cancel();
      };
      return { hangUp };
    },
    stop: () => void agent.stop().catch(() => {}),
  };
}

export const softphones: Readonly<Record<string, (account: Account) => Softphone>> = { JsSIP: jsSip, "SIP.js": sipJs };
