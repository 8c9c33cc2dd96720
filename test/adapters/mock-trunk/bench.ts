/** A mock trunk and softphones wired to it directly: all is synchronous, time moves when told to. */
import { createMockTrunk, type LinkEvents, type MockTrunk, type MockTrunkOptions } from "../../../adapters/mock-trunk/index.ts";
import { RawSipClient } from "../../support/raw-sip-client.ts";
import { createVirtualClock, type VirtualClock } from "../../support/virtual-clock.ts";

export const number = "+21671000001";

/** A softphone on a link of its own. */
export interface Wired {
  readonly client: RawSipClient;
  /** The trunk's end of the link. */
  readonly link: LinkEvents;
  /** How the trunk ended the link. */
  readonly ends: readonly string[];
}

export interface Bench extends Wired {
  readonly trunk: MockTrunk;
  readonly clock: VirtualClock;
  /** One more softphone. */
  connect(user?: string): Wired;
}

export function connect(trunk: MockTrunk, user?: string): Wired {
  const client = new RawSipClient((text) => link.received(text), user, trunk.domain);
  const ends: string[] = [];
  const link: LinkEvents = trunk.attach({
    send: (text) => client.received(text),
    close: (code, reason) => void ends.push(`closed ${code} ${reason}`),
    reset: () => void ends.push("reset"),
  });
  return { client, link, ends };
}

export function bench(options: Partial<MockTrunkOptions> = {}): Bench {
  const clock = createVirtualClock();
  const trunk = createMockTrunk({ name: "Carrier A", domain: "a.example", clock, ...options });
  return { ...connect(trunk), trunk, clock, connect: (user) => connect(trunk, user) };
}

/** An answered and acknowledged call. */
export function talking(options: Partial<MockTrunkOptions> = {}) {
  const on = bench(options);
  const invite = on.client.invite(number);
  on.clock.advance(100);
  on.client.ack(invite);
  return { ...on, invite };
}
