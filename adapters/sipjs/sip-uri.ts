/** SIP URIs as our own side gives them: the account's, and whom we call (RFC 3261 §19.1.1, §25.1), pure. As strict as the intake is lenient. */
import { URI } from "sip.js/lib/grammar/index.js";
import { parametersOf } from "./intake/values.ts";

const octet = "(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)";
/** Deviation: an underscore may stand in a name, as container names and Windows hosts have it. */
const host = `(?:[\\w-]+\\.)*[a-z][\\w-]*\\.?|(?:${octet}\\.){3}${octet}|\\[[\\da-f:.]+\\]`;
const text = (besides: string) => `(?:[\\w.!~*'()${besides}-]|%[\\da-f]{2})+`;
const user = `${text("&=+$,;?/")}(?::(?:${text("&=+$,")})?)?`;
const parameter = `;${text("[\\]/:&+$")}(?:=${text("[\\]/:&+$")})?`;
const header = `${text("[\\]/?:+$")}=(?:${text("[\\]/?:+$")})?`;

const sipUri = new RegExp(`^(sips?):(?:(${user})@)?(${host})(?::(\\d{1,5}))?((?:${parameter})*)(?:\\?(${header}(?:&${header})*))?$`, "i");

/** @returns undefined for what is no SIP URI, or could not be written. */
export function readSipUri(value: string): URI | undefined {
  const [, scheme, userinfo = "", hostname, port, parameters = "", headers = ""] = sipUri.exec(value) ?? [];
  if (!hostname) return undefined;
  const named = Object.fromEntries(parametersOf(parameters.split(";").slice(1)));
  const fields = headers === "" ? {} : Object.fromEntries(headers.split("&").map((each) => each.split("=", 2)));
  try {
    const uri = new URI(scheme, decodeURIComponent(userinfo), hostname, port === undefined ? undefined : Number(port), named, fields);
    // sip.js decodes the user again when it writes it, and throws for a percent sign of its own.
    uri.toString();
    return uri;
  } catch {
    return undefined;
  }
}
