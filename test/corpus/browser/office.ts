/** Where an agent works whose shift is recorded in a browser: the CRM's web server, carriers behind real sockets, customers who speak. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { BrowserContext } from "playwright-core";
import { createMockTrunk, seededRandom, type MockTrunk } from "../../../adapters/mock-trunk/index.ts";
import { listen, type Listening } from "../../../adapters/mock-trunk/ws.ts";
import type { Entry } from "../../../src/journal.ts";
import { bundle } from "../../browser/page.ts";
import type * as Pages from "../../browser/pages/shift.ts";
import { over, type Plan, type PlannedCall } from "../../browser/pages/shift.ts";
import type { BrowserKind, Scene } from "./kinds.ts";

/** Inside a page, what its script exports. */
declare const page: typeof Pages;

/** By then every shift is over. */
const longestMs = 90_000;

/**
 * One shift on record. Who is called, when, and when a fault strikes comes of the seed; how long everything then takes is the machine's.
 * @throws what the page did not catch, or when the shift does not end.
 */
export async function recordShift(kind: BrowserKind, context: BrowserContext, seed: number): Promise<readonly Entry[]> {
  const random = seededRandom(seed);
  const between = (from: number, to: number) => Math.round(from + (to - from) * random());
  const { host = "crm.localhost", inFrame = false, headers, head = "", trunkIds = ["A", "B"] } = kind.place ?? {};
  const phones = await context.newPage();
  const mute = new Set<string>();
  const carriers = new Map<string, { trunk: MockTrunk; listening: Listening }>();
  for (const id of trunkIds) {
    const trunk = createMockTrunk({
      name: `Carrier ${id}`,
      domain: `${id.toLowerCase()}.example`,
      users: { agent7: "not-in-any-journal" },
      habit: { ringAfterMs: between(100, 400), answerAfterMs: between(400, 1_500) },
      async media(offer) {
        const given = await phones.evaluate(([sdp, isMute]) => page.answer(sdp, isMute), [offer, mute.has(id)] as const);
        return { answer: given.sdp, close: () => void phones.evaluate((phone) => page.hangUp(phone), given.id).catch(() => {}) };
      },
    });
    carriers.set(id, { trunk, listening: await listen(trunk) });
  }
  const trunks = [...carriers].map(([id, { listening }]) => ({ id, server: `ws://${id.toLowerCase()}.localhost:${listening.port}` }));

  const calls: readonly PlannedCall[] = Array.from({ length: between(3, 4) }, (_, index) => {
    const number = `+216${between(0, 1) ? 71 : 98}${between(100_000, 999_999)}`;
    const isAway = random() < 0.2;
    for (const { trunk } of carriers.values()) if (isAway && index > 0) trunk.phone(number).isBusy();
    return { number, afterMs: between(1_200, 2_800), talkMs: between(...(kind.talkMs ?? [2_000, 4_000])) };
  });
  const stages = { settings: "/settings.json", session: "/session.json", ...kind.stages };
  const plan: Plan = { trunks, stages, calls, ...kind.plan };

  const web = await serve({ script: await bundle("shift"), plan, head, headers: headers?.(trunks) ?? {} });
  const origin = `http://${host}:${web.port}`;
  const agent = await context.newPage();
  // Nothing is run in the page until then: it would count as a click.
  const isOver = new Promise<void>((resolve, reject) => {
    agent.on("console", (message) => message.text() === over && resolve());
    agent.on("pageerror", reject);
    agent.on("close", () => reject(new Error("the shift did not end")));
  });
  isOver.catch(() => {});
  const cancel = setTimeout(() => void agent.close(), longestMs);
  try {
    await phones.goto(`http://crm.localhost:${web.port}/phones`);
    await agent.goto(inFrame ? `${origin}/host` : `${origin}/`);
    const scene: Scene = {
      ...{ agent, context, origin, between },
      carrier: (id) => carriers.get(id)?.trunk as MockTrunk,
      carriers: [...carriers.values()].map(({ trunk }) => trunk),
      pass: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
      mute: async (id) => {
        mute.add(id);
        await phones.evaluate(() => page.silence());
      },
    };
    await Promise.all([kind.play?.(scene), isOver]);
    const [frame = agent.mainFrame()] = inFrame ? agent.frames().slice(1) : [];
    return await frame.evaluate(() => page.journal());
  } finally {
    clearTimeout(cancel);
    await agent.close();
    await phones.close();
    await web.close();
    for (const { trunk, listening } of carriers.values()) {
      await listening.close();
      trunk.close();
    }
  }
}

interface Site {
  readonly script: string;
  readonly plan: Plan;
  readonly head: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** The CRM's web server. */
async function serve({ script, plan, head, headers }: Site) {
  const html = (body: string) => `<!doctype html><title>CRM</title>${body}`;
  const own = html(`${head}<body><script src="/page.js"></script><script>page.begin(${JSON.stringify(plan)})</script>`);
  const files: Readonly<Record<string, readonly [type: string, text: string]>> = {
    "/": ["text/html", own],
    "/host": ["text/html", html('<iframe src="//softphone.localhost:PORT/"></iframe>')],
    "/phones": ["text/html", html('<body><script src="/page.js"></script>')],
    "/elsewhere": ["text/html", html("elsewhere")],
    "/page.js": ["text/javascript", script],
    ...Object.fromEntries(["/settings.json", "/session.json", "/health"].map((path) => [path, ["application/json", "{}"] as const])),
  };
  const server = createServer(({ url = "/" }, response) => {
    const file = files[url];
    if (!file) return response.writeHead(404).end();
    const { port } = server.address() as AddressInfo;
    response.writeHead(200, { "content-type": file[0], ...(url === "/" && headers) }).end(file[1].replace(":PORT", `:${port}`));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = () =>
    new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    });
  return { port: (server.address() as AddressInfo).port, close };
}
