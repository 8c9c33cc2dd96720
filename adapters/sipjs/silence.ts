import type { Logger, LoggerFactory } from "sip.js/lib/core/index.js";

const say = (): void => {};
const logger: Pick<Logger, "error" | "warn" | "log" | "debug"> = { error: say, warn: say, log: say, debug: say };

/** SIP.js tells its users much on the console; we journal what matters instead. Its core asks the factory for loggers, and for nothing else. */
export const silence = { getLogger: () => logger } as unknown as LoggerFactory;
