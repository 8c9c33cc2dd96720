/** Every kind of fault in the corpus. A whole kind is for tuning or for scoring, never both. */
import { awayKinds } from "./away.ts";
import { calmKinds } from "./calm.ts";
import { carrierKinds } from "./carrier.ts";
import { crmKinds } from "./crm.ts";
import { crossedKinds } from "./crossed.ts";
import { disputeKinds } from "./dispute.ts";
import { eighthKinds } from "./eighth.ts";
import { eleventhKinds } from "./eleventh.ts";
import { fifthKinds } from "./fifth.ts";
import { fourthKinds } from "./fourth.ts";
import { freshAgainKinds } from "./fresh-again.ts";
import { freshKinds } from "./fresh.ts";
import { lastingKinds } from "./lasting.ts";
import { mixedKinds } from "./mixed.ts";
import { nearKinds } from "./near.ts";
import { ninthKinds } from "./ninth.ts";
import { numberKinds } from "./numbers.ts";
import { seventhKinds } from "./seventh.ts";
import { sharedKinds } from "./shared.ts";
import { sixthKinds } from "./sixth.ts";
import { tenthKinds } from "./tenth.ts";
import { thirdKinds } from "./third.ts";
import { twelfthKinds } from "./twelfth.ts";
import { unheardKinds } from "./unheard.ts";
import type { Kind } from "./kind.ts";

export type { Kind } from "./kind.ts";

export const kinds: readonly Kind[] = [
  ...carrierKinds,
  ...crmKinds,
  ...nearKinds,
  ...calmKinds,
  ...mixedKinds,
  ...disputeKinds,
  ...sharedKinds,
  ...lastingKinds,
  ...numberKinds,
  ...awayKinds,
  ...crossedKinds,
  ...unheardKinds,
  ...freshKinds,
  ...freshAgainKinds,
  ...thirdKinds,
  ...fourthKinds,
  ...fifthKinds,
  ...sixthKinds,
  ...seventhKinds,
  ...eighthKinds,
  ...ninthKinds,
  ...tenthKinds,
  ...eleventhKinds,
  ...twelfthKinds,
];
