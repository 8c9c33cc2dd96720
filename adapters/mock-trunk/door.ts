/** What the faults mean for connections: what carries the frames asks here, and does it as far as it can. */
import type { FaultBoard } from "./fault-board.ts";

/** Whether a connection comes up, as the newest fault has it; `hang-upgrade`: neither yes nor no, for ever. */
export type Admission =
  | { readonly kind: "admit" }
  | { readonly kind: "refuse" }
  | { readonly kind: "refuse-upgrade"; readonly status: number }
  | { readonly kind: "hang-upgrade" };

/** What a server that carries the trunk's frames has to obey. */
export interface Door {
  /** What becomes of a connection that is made now. */
  readonly admission: Admission;
  /** Nothing may be read from, or written to, any connection. */
  readonly isFrozen: boolean;
  /** The trunk is closed: no connection is left, none comes. */
  readonly isClosed: boolean;
  /** Calls `changed` when any of that may have changed. @returns what stops it. */
  watch(changed: () => void): () => void;
}

export class FaultyDoor implements Door {
  readonly #faults: FaultBoard;
  readonly #watchers = new Set<() => void>();
  #isClosed = false;

  constructor(faults: FaultBoard) {
    this.#faults = faults;
    faults.watch(() => this.#tell());
  }

  get admission(): Admission {
    return this.#faults.newest("refuse", "refuse-upgrade", "hang-upgrade") ?? { kind: "admit" };
  }

  get isFrozen(): boolean {
    return !this.#isClosed && this.#faults.newest("freeze") !== undefined;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  watch(changed: () => void): () => void {
    this.#watchers.add(changed);
    return () => this.#watchers.delete(changed);
  }

  close(): void {
    this.#isClosed = true;
    this.#tell();
    this.#watchers.clear();
  }

  #tell(): void {
    for (const changed of [...this.#watchers]) changed();
  }
}
