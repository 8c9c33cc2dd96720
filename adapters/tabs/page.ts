/** Where the agent is, as a page sees it; and when it cannot answer. */
import { onPageChange, type PageEvents } from "../../src/host.ts";

/** `focus`: the agent types and clicks here. `shown`: the agent sees it. */
export type Presence = "hidden" | "shown" | "focus";

/** What the telephone knows of its page. */
export interface TelephonePage {
  readonly presence: () => Presence;
  /** Calls back whenever that may have changed, or the page goes where it cannot answer, or comes back from there. @returns what stops it. */
  readonly watch: (events: { turned(): void; suspended(mayReturn: boolean): void; resumed(): void }) => () => void;
}

/** What is looked at of a page; missing elsewhere. */
type PageGlobals = PageEvents & { readonly document?: { readonly hasFocus?: () => boolean } };

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
      ] as const;
      const stopWatching = onPageChange((to) => {
        if (to === "shown" || to === "resumed") resumed();
        else suspended(to !== "hidden");
      }, page);
      for (const [target, type, listener] of told) target?.addEventListener?.(type, listener);
      return () => {
        stopWatching();
        for (const [target, type, listener] of told) target?.removeEventListener?.(type, listener);
      };
    },
  };
}
