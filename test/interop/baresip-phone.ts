/** A baresip as a customer's phone. It plays and records nothing. */
import { join } from "node:path";
import { startBaresip, type BaresipEvent } from "../support/baresip.ts";
import { freePort } from "./program.ts";
import { LINES, type RealPhone, type RealPhoneOptions } from "./real-phone.ts";

export async function startBaresipPhone({ program, folder, edge, displayName }: RealPhoneOptions): Promise<RealPhone> {
  const port = await freePort();
  const number = `+216710${port}`;
  const { events, tell, close } = await startBaresip({
    baresip: program,
    home: join(folder, `baresip-${port}`),
    port,
    controlPort: await freePort(),
    account: `"${displayName}" <sip:${number}@${edge.domain}>;outbound="sip:${edge.address}";regint=0;answermode=manual`,
    settings: ["net_interface 127.0.0.1", `call_max_calls ${LINES}`, "audio_source aubridge,nowhere", "audio_player aubridge,nowhere"],
    modules: ["g711", "aubridge"],
  });
  return {
    number,
    said: () => Promise.resolve(events.flatMap(wordsOf)),
    dial: (uri) => tell("dial", uri),
    answer: () => tell("accept"),
    decline: () => tell("hangup"),
    hold: () => tell("hold"),
    resume: () => tell("resume"),
    sendDigit: (digit) => tell("sndcode", digit),
    transfer: (uri) => tell("transfer", uri),
    hangUp: () => tell("hangup"),
    close,
  };
}

function wordsOf({ type, peerdisplayname = "", param = "" }: BaresipEvent): string[] {
  switch (type) {
    case "CALL_INCOMING":
      return [`rings ${peerdisplayname}`];
    case "CALL_ESTABLISHED":
      return ["talks"];
    case "CALL_DTMF_START":
      return [`digit ${param}`];
    case "CALL_CLOSED":
      return ["over"];
    default:
      return [];
  }
}
