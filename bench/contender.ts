/** What every softphone in the bench can do, and what it is given: two carriers, or one, and the same account at each. */

export interface Carrier {
  readonly id: "A" | "B";
  readonly server: string;
  readonly domain: string;
}

export const account = { user: "agent7", password: "only-for-the-bench" } as const;

export interface Contender {
  readonly name: string;
  /** @returns a softphone that is registered, ready to dial. */
  open(a: Carrier, b?: Carrier): Promise<Softphone>;
}

export interface Softphone {
  call(number: string): DialledCall;
  close(): Promise<void> | void;
}

export interface DialledCall {
  /** True: answered. False: the softphone tells the agent that it came to nothing. Some never say either. */
  readonly answered: Promise<boolean>;
  /** The agent hangs up or gives up. */
  hangUp(): void;
}
