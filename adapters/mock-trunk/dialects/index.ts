/** Every dialect by its name. */
import { threeCx } from "./3cx.ts";
import { asterisk } from "./asterisk.ts";
import { audiocodes } from "./audiocodes.ts";
import { broadworks } from "./broadworks.ts";
import { cucm } from "./cucm.ts";
import type { Dialect } from "./dialect.ts";
import { freeswitch } from "./freeswitch.ts";
import { kamailio } from "./kamailio.ts";
import { opensips } from "./opensips.ts";
import { oracleSbc } from "./oracle-sbc.ts";
import { plain } from "./plain.ts";

/** Whose way of writing SIP the trunk speaks: header order, tags, holds, challenges. `plain`: what RFC 3261 would write. */
export type DialectName =
  "plain" | "asterisk" | "freeswitch" | "kamailio" | "opensips" | "cucm" | "oracle-sbc" | "audiocodes" | "3cx" | "broadworks";

export const dialects: Readonly<Record<DialectName, Dialect>> = {
  plain,
  asterisk,
  freeswitch,
  kamailio,
  opensips,
  cucm,
  "oracle-sbc": oracleSbc,
  audiocodes,
  "3cx": threeCx,
  broadworks,
};

/** In the order of their table, `plain` first: for a test that goes through them all. */
export const dialectNames = Object.keys(dialects) as readonly DialectName[];
