/** The page of a softphone in an iframe: as much of `window` and `document` as the vendors' SDKs touch. */
import { vi } from "vitest";

export const crmOrigin = "https://crm.example";

interface Heard {
  readonly data: unknown;
  readonly origin: string;
  readonly source: unknown;
}

/** @param hears what the CRM's page does with a message. */
export function createFrame(url: string, hears: (message: unknown) => void) {
  const listeners = new Set<(event: Heard) => void>();
  const location = new URL(url);
  const parent = { postMessage: (message: unknown) => queueMicrotask(() => hears(structuredClone(message))) };
  const window = {
    parent,
    location,
    Promise,
    addEventListener: (_type: string, listener: (event: Heard) => void) => void listeners.add(listener),
    removeEventListener: (_type: string, listener: (event: Heard) => void) => void listeners.delete(listener),
  };
  const document = { referrer: `${crmOrigin}/`, location, createElement: () => new Anchor() };
  return {
    window,
    document,
    /** The CRM's page says something. */
    say(data: unknown, origin = crmOrigin) {
      for (const listener of [...listeners]) listener({ data, origin, source: parent });
    },
    get listeners() {
      return listeners.size;
    },
    install() {
      vi.stubGlobal("window", window);
      vi.stubGlobal("self", window);
      vi.stubGlobal("document", document);
    },
  };
}

class Anchor {
  protocol = "";
  host = "";
  set href(url: string) {
    Object.assign(this, { protocol: new URL(url).protocol, host: new URL(url).host });
  }
}
