/** Where the agent is, as a page sees it; and when it cannot answer. */

/** `focus`: the agent types and clicks here. `shown`: the agent sees it. */
export type Presence = "hidden" | "shown" | "focus";

/** What the telephone knows of its page. */
export interface TelephonePage {
  readonly presence: () => Presence;
  /** Calls back whenever that may have changed, or the page goes where it cannot answer, or comes back from there. @returns what stops it. */
  readonly watch: (events: { turned(): void; suspended(mayReturn: boolean): void; resumed(): void }) => () => void;
}

/** What is looked at of a page; missing elsewhere. */
interface PageGlobals {
  readonly addEventListener?: (type: string, listener: (event: { readonly persisted?: boolean }) => void) => void;
  readonly removeEventListener?: (type: string, listener: (event: { readonly persisted?: boolean }) => void) => void;
  readonly document?: Pick<PageGlobals, "addEventListener" | "removeEventListener"> & {
    readonly hasFocus?: () => boolean;
    readonly visibilityState?: string;
  };
}

/** Whether the agent is in this page, and whether it can answer. */
export function pageOf(page: PageGlobals): TelephonePage {
  return {
    presence() {
      if (page.document?.hasFocus?.()) return "focus";
      return page.document?.visibilityState === "visible" ? "shown" : "hidden";
    },
    watch({ turned, suspended, resumed }) {
      const told = [
        [page, "focus", turned],
        [page.document, "visibilitychange", turned],
        [page, "pagehide", ({ persisted }: { readonly persisted?: boolean }) => suspended(persisted === true)],
        [page, "pageshow", resumed],
        [page.document, "freeze", () => suspended(true)],
        [page.document, "resume", resumed],
      ] as const;
      for (const [target, type, listener] of told) target?.addEventListener?.(type, listener);
      return () => {
        for (const [target, type, listener] of told) target?.removeEventListener?.(type, listener);
      };
    },
  };
}
