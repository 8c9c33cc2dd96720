/** A carrier's edge whose every byte the test writes itself, and edges of ours that talk with it. */
import { systemClock, systemRandom } from "../../../src/clock.ts";
import type { CredentialsSource, PeerNotice, PeerService, SipAccount } from "../../../src/ports/sip-account.ts";
import type { SipAnswer } from "../../../src/ports/sip-answer.ts";
import type { SipDialog } from "../../../src/ports/sip-dialog.ts";
import type { EdgeEvents, SipEdge } from "../../../src/ports/sip-edge.ts";
import type { SipInvitation } from "../../../src/ports/sip-invitation.ts";
import type { InviteEvents, SipInvite } from "../../../src/ports/sip-invite.ts";
import { type SipJsOptions, sipjs } from "../../../adapters/sipjs/index.ts";
import { ScriptedSocket } from "../../support/scripted-socket.ts";
import { Frame, type ResponseOptions, requestText, responseTo, sdp } from "../../support/sip-text.ts";

export { digestChallenge, sdp } from "../../support/sip-text.ts";
export type { Frame } from "../../support/sip-text.ts";

/** What a socket does when it is opened: opens, is refused, or hangs. */
export type Opening = "opens" | "refused" | "hangs";

export class ScriptedPeer {
  readonly sockets: ScriptedSocket[] = [];
  opening: Opening = "opens";

  /** A `WebSocket` constructor whose sockets end here. */
  readonly webSocket = ((peer: ScriptedPeer) =>
    class extends ScriptedSocket {
      constructor(url: string) {
        super(url);
        peer.sockets.push(this);
        void Promise.resolve().then(() => {
          if (peer.opening === "opens") this.emit("open");
          if (peer.opening === "refused") this.drop();
        });
      }
    })(this);

  get socket(): ScriptedSocket {
    return this.sockets.at(-1)!;
  }

  /** Everything received, over all sockets. */
  get frames(): Frame[] {
    return this.sockets.flatMap((socket) => socket.frames).map((raw) => new Frame(raw));
  }

  received(method: string): Frame[] {
    return this.frames.filter((frame) => frame.method === method);
  }

  last(method: string): Frame {
    const frame = this.received(method).at(-1);
    if (!frame) throw new Error(`no ${method} was received, but ${this.frames.map((each) => each.method).join(", ")}`);
    return frame;
  }

  /** Answers on the newest socket, whatever socket the request came from. */
  answer(request: Frame, code: number, phrase?: string, options?: ResponseOptions): void {
    this.socket.deliver(responseTo(request, code, phrase, options));
  }

  /** A request of the peer's own. */
  request(method: string, uri: string, headers: readonly string[], body?: string): void {
    this.socket.deliver(requestText(method, uri, headers, body));
  }
}

const account: SipAccount = {
  trunkId: "tt",
  server: "wss://edge.example/ws",
  aor: "sip:agent7@carrier.example",
  userAgent: "linekeeper-test",
};

const secret: CredentialsSource = () => ({ password: "secret" });

/** One edge of ours, and all that it told. */
export interface Bench {
  readonly peer: ScriptedPeer;
  readonly edge: SipEdge;
  readonly told: string[];
  readonly invitations: SipInvitation[];
  readonly failures: unknown[];
  readonly notices: { readonly told: PeerNotice[]; isTooMany: boolean };
}

export function bench(
  credentials: CredentialsSource | "none" = secret,
  options: SipJsOptions = {},
  serves: readonly PeerService[] = [],
): Bench {
  const peer = new ScriptedPeer();
  const told: string[] = [];
  const invitations: SipInvitation[] = [];
  const failures: unknown[] = [];
  const notices = { told: [] as PeerNotice[], isTooMany: false };
  const events: EdgeEvents = {
    opened: () => told.push("opened"),
    closed: ({ wasOpen, code, byPagePolicy }) => told.push(`closed ${wasOpen} ${code}${byPagePolicy ? " by page policy" : ""}`),
    ponged: () => told.push("ponged"),
    discarded: (fault, bytes, header) => told.push(`discarded ${fault} ${bytes}${header === undefined ? "" : ` ${header}`}`),
    incoming: (invitation) => invitations.push(invitation),
    noticed: (notice) => (notices.told.push(notice), !notices.isTooMany),
    credentialsFailed: (error) => failures.push(error),
  };
  const stack = sipjs({ webSocket: peer.webSocket, ...options });
  return {
    peer,
    told,
    invitations,
    failures,
    notices,
    edge: stack.edge({ ...account, serves, ...(credentials !== "none" && { credentials }) }, events, systemClock, systemRandom),
  };
}

/** Lets everything run that waits for nothing but its turn. */
export const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
};

export async function connected(
  credentials?: CredentialsSource | "none",
  options?: SipJsOptions,
  serves?: readonly PeerService[],
): Promise<Bench> {
  const made = bench(credentials, options, serves);
  made.edge.connect();
  await settle();
  return made;
}

/** One INVITE of ours, and all that it told. */
export interface Dialled {
  readonly invite: SipInvite;
  readonly told: string[];
  readonly answers: SipAnswer[];
  readonly dialogs: SipDialog[];
}

export function dial(edge: SipEdge, target = "sip:+21671000001@carrier.example", headers: readonly string[] = []): Dialled {
  const told: string[] = [];
  const answers: SipAnswer[] = [];
  const dialogs: SipDialog[] = [];
  const note = (name: string, answer: SipAnswer) => {
    answers.push(answer);
    told.push(`${name} ${answer.code} ${answer.said}`);
  };
  const events: InviteEvents = {
    sent: () => told.push("sent"),
    challenged: () => told.push("challenged"),
    progressed: (answer) => note("progressed", answer),
    redirected: (answer) => note("redirected", answer),
    accepted: (dialog, answer) => {
      dialogs.push(dialog);
      note("accepted", answer);
    },
    rejected: (answer) => note("rejected", answer),
    flowLost: () => told.push("flowLost"),
  };
  return { told, answers, dialogs, invite: edge.invite({ target, offer: sdp("us"), headers }, events) };
}

/** Waits for the outcome of `promise` without holding the test up when there is none. */
export async function outcome<T>(promise: Promise<T>): Promise<T | "pending"> {
  let value: T | "pending" = "pending";
  void promise.then((result) => (value = result));
  await settle();
  return value;
}
