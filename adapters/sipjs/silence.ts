import { Levels, LoggerFactory } from "sip.js/lib/core/index.js";

/** sip.js tells its users much on the console; we journal what matters instead. */
export const silence = new LoggerFactory();
silence.builtinEnabled = false;
silence.level = Levels.error;
