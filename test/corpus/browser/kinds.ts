/**
 * What only a browser can show, with the plain cases beside it: where the page lies, what befalls it, and what is truly at fault.
 * Mixed content has no journal: `createLinekeeper()` throws `bad-config` where an https page names a `ws:` server.
 */
import type { BrowserContext, Page } from "playwright-core";
import type { MockTrunk } from "../../../adapters/mock-trunk/index.ts";
import type { FaultDomain } from "../../../src/diagnosis/model.ts";
import type { Plan } from "../../browser/pages/shift.ts";

interface Trunk {
  readonly id: string;
  readonly server: string;
}

/** How the CRM serves its page. Default: on localhost, which is secure without TLS, to an agent with two carriers. */
export interface Place {
  readonly host?: string;
  /** The softphone is in a frame of the CRM's page, which allows it nothing. */
  readonly inFrame?: true;
  readonly headers?: (trunks: readonly Trunk[]) => Readonly<Record<string, string>>;
  /** HTML before the softphone. */
  readonly head?: string;
  readonly trunkIds?: readonly string[];
}

/** What the world does to the agent's page while it works. */
export interface Scene {
  readonly agent: Page;
  readonly context: BrowserContext;
  readonly origin: string;
  readonly carriers: readonly MockTrunk[];
  carrier(id: string): MockTrunk;
  between(from: number, to: number): number;
  pass(ms: number): Promise<void>;
  /** No audio comes from this carrier's customers any more: those to come, and the one in a call now. */
  mute(id: string): Promise<void>;
}

export interface BrowserKind {
  readonly id: string;
  readonly truth: readonly FaultDomain[];
  readonly place?: Place;
  /** Chromium's own. */
  readonly flags?: readonly string[];
  /** A browser as people have it: a page waits in its back/forward cache, and can be frozen. */
  readonly isPlain?: true;
  /** More of what the CRM loads as it starts: paths by stage. */
  readonly stages?: Plan["stages"];
  readonly plan?: Pick<Plan, "restartsAfter" | "playsInFrame">;
  readonly talkMs?: readonly [number, number];
  play?(scene: Scene): Promise<void>;
}

const policy = (connect: (trunks: readonly Trunk[]) => readonly string[]): Place => ({
  headers: (trunks) => ({ "content-security-policy": `connect-src 'self' ${connect(trunks).join(" ")}`.trim() }),
});

/** The page is away while the agent rests, and comes back. */
const away = (goes: (scene: Scene) => Promise<() => Promise<unknown>>) => async (scene: Scene) => {
  await scene.pass(scene.between(200, 600));
  const comesBack = await goes(scene);
  await scene.pass(scene.between(4_000, 9_000));
  await comesBack();
};

export const browserKinds: readonly BrowserKind[] = [
  { id: "healthy-in-a-browser", truth: [] },
  { id: "healthy-with-one-carrier", truth: [], place: { trunkIds: ["A"] } },
  { id: "csp-blocks-one-carrier", truth: ["crm-config"], place: policy((trunks) => trunks.slice(1).map(({ server }) => server)) },
  { id: "csp-blocks-all-carriers", truth: ["crm-config"], place: policy(() => []) },
  { id: "insecure-origin", truth: ["crm-config"], place: { host: "crm.example" } },
  { id: "frame-without-microphone", truth: ["crm-config"], place: { inFrame: true } },
  {
    id: "page-policy-without-microphone",
    truth: ["crm-config"],
    place: { headers: () => ({ "permissions-policy": "microphone=()" }) },
  },
  {
    id: "no-webrtc-in-the-page",
    truth: ["crm-config"],
    place: { head: "<script>delete globalThis.RTCPeerConnection</script>" },
  },
  {
    id: "autoplay-blocked",
    truth: ["agent-device"],
    flags: ["--autoplay-policy=document-user-activation-required"],
    plan: { playsInFrame: true },
  },
  { id: "microphone-denied", truth: ["agent-device"], flags: ["--use-fake-ui-for-media-stream=deny"] },
  { id: "chunk-gone-after-deployment", truth: ["crm-init"], stages: { dialler: "/dialler-5b0d.js" }, plan: { restartsAfter: 2 } },
  {
    id: "page-frozen-and-back",
    truth: [],
    isPlain: true,
    play: away(async ({ agent, context }) => {
      const session = await context.newCDPSession(agent);
      await session.send("Page.setWebLifecycleState", { state: "frozen" });
      return () => session.send("Page.setWebLifecycleState", { state: "active" });
    }),
  },
  {
    id: "page-in-the-back-forward-cache",
    truth: [],
    isPlain: true,
    play: away(async ({ agent, origin }) => {
      await agent.goto(`${origin}/elsewhere`);
      return () => agent.goBack({ waitUntil: "commit" });
    }),
  },
  {
    id: "browser-goes-offline",
    truth: ["local-network"],
    async play({ context, carriers, between, pass }) {
      await pass(between(4_000, 8_000));
      await context.setOffline(true);
      // What is open already the browser's own emulation leaves alone.
      const mends = carriers.map((carrier) => carrier.fault({ kind: "freeze" }));
      await pass(between(7_000, 12_000));
      for (const mend of mends) mend();
      await context.setOffline(false);
    },
  },
  {
    id: "edge-down-in-a-browser",
    truth: ["carrier-signalling"],
    async play({ carrier, between, pass }) {
      await pass(between(3_000, 8_000));
      carrier("A").fault({ kind: "refuse" });
      carrier("A").resetAll();
    },
  },
  {
    id: "only-edge-down-in-a-browser",
    truth: ["carrier-signalling"],
    place: { trunkIds: ["A"] },
    async play({ carrier, between, pass }) {
      await pass(between(3_000, 8_000));
      carrier("A").fault({ kind: "refuse" });
      carrier("A").resetAll();
    },
  },
  {
    id: "carrier-sends-no-audio",
    truth: ["carrier-media"],
    talkMs: [6_000, 8_000],
    async play({ mute, between, pass }) {
      await pass(between(500, 6_000));
      await mute("A");
    },
  },
];
