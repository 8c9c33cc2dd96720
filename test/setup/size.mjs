/** `npm run size`: what a browser downloads, as a bundler makes it from the built package: minified, brotli. */
import { build } from "esbuild";
import { brotliCompressSync } from "node:zlib";

const core = `export * from "./dist/src/index.js";`;
const sipjs = `export * from "./dist/adapters/sipjs/index.js";`;
const webrtc = `export * from "./dist/adapters/webrtc/index.js";`;

/**
 * Budgets in kB of 1000 bytes; third-party code included. What is imported dynamically counts where it is loaded, not before.
 *
 * What the core grew by, from 27: hold, mute and the peer's changes of a session 1.3; what is said with a call and heard of a
 * customer's 2.2; the wiring of reports that always arrive 0.5; trunks that are set at run time, and what older browsers lack, 1.8;
 * transfer and more than one call 0.8; calls that survive a reload 1.9 (a chunk of its own would part what it shares with every call,
 * and the core be as large), and who ends those whose tab was closed for good 0.2; what a record may hold of numbers, browser and
 * network 0.7; who is asked what a peer wants besides calls 0.6; a customer's call that rings on over the next flow 0.4; what a slow
 * edge is given where nothing better is there 0.3; a party that is replaced 0.5 (the rest of it comes when somebody is); what a call
 * says of itself, and the line of each that goes out, 0.2; one telephone for several tabs, which move it while calls go on, 0.6; an emergency
 * call that waits on, a customer whom the carrier puts through anew, a moment for the preferred trunk 0.3, its registered trunk first and a
 * number's formatter that breaks, controls before the start, 0.3; a registrar's refusal that all tabs hear of, a REGISTER that is taken back, and
 * the number that a customer is shown 0.6; whom an agent comes back to after a reload 0.2; a telephone for
 * each account, a number that is one however it was dialled, who picks up while the line closes, which
 * page the agent turned to last, and a binding that outlived its flow, 0.8; two calls that are still being joined after a reload, and a
 * transfer that counts from its acceptance, 0.4; a call that waits for its trunk over several pages, and one that was slept
 * through, 0.2; a goodbye that outlives its page, time that was slept, and another socket as a test, 0.7; ports of the integrator's that throw, and
 * options that are refused by name, 0.4.
 * The first call besides, from 60: ICE servers from a function 0.4; a microphone that changes under the call, and what plays the
 * customer, 1.7; the microphone's kind 0.2; the SIP of what a peer may want 1.5, and of Replaces 0.5; credentials with the first
 * request 1.2; requests and answers that go by their tags alone, a session that is refreshed after a refusal, 0.7, several of them in
 * one frame and what a dead flow left unsaid 0.4, and a REFER that outlives its page 0.2, reliable
 * provisional answers both ways 0.4, CANCEL and BYE that are said again where nobody answers 0.4; an audio session whose rooms can be read 0.2, header lines,
 * lists and bodies in more spellings 0.3; a source of ICE servers that breaks in any way, and devices that come and go by the hundred, 0.4.
 * Both shrank by one table of what a configuration may hold 0.4, and grew by what it refuses since, 0.2 and 0.2 more for ICE servers;
 * the first call shrank besides by what listens for lost audio, which comes beside it, 3.3, and by SIP.js's loggers 0.4.
 * The report grew by four audiences, what to do now, a glossary, the codes in words and a ladder for each call, so that its page is
 * counted alone, by where it happened and whom it was with 1.3, by tickets on bad audio and refused accounts 0.3, and by what they
 * say of both, what repeats, and lists that are cut 0.7, by being made in slices 0.4, and by tables that sort and filter, labels that
 * are laid out and audio's figures 2.2, by faults beside callees, and by what a page may not part 0.9, with their words 0.3, and by the calls that show a carrier's fault where
 * no answer does, with their words, 0.3; the diagnosis
 * from 15 by what starts of the CRM say both ways, what trunks share, several faults at once 0.6, failures on one route of several 0.4,
 * a host that carriers share 0.3, what no start is known to mend 0.1, what nobody saw one mend and sockets cut in turn 0.1, and numbers
 * that a route does not know and a whole trunk that a start broke 0.7, silence that carriers share, requests that are malformed, and one
 * coincidence with a start 0.5, what nobody has been heard of yet, edges that answer late and the page before 1.1, answers without a reason,
 * addresses that moved and sockets that are denied 0.6, with their words in each language 0.3, carriers that contradict themselves about a
 * number, and journals that are read line by line, 0.4, what a network says after it let a phone ring 0.6, edges that refuse
 * their probes 0.3, accounts that registrar and proxies take unlike and audio that is lost late 0.5, a step of
 * a start that is run again alone 0.3, calls that are dated by their INVITE, keys that nothing takes apart and one poor call between good ones 0.4,
 * and talks that a carrier cuts at one length or will not hold, callers who are hidden and addresses that the CRM does not give 1.2.
 * The core grew by what else a careless integrator may hand in 0.3; the first call by session descriptions of gateways that a browser refuses for
 * one line, 0.9, and by what gateways do in a call 0.3; by early dialogs that are described anew, the DTLS role of a refresh, older
 * caller identities, and dirt in challenges, reasons and digits, 1.2.
 * The diagnosis grew by phones that never ring, callers who are hidden, changes of the settings, edges that a start loses and softphones without
 * trunks, 1.2, and the report by their words and steps, 0.2.
 * Core and first call grew by what nobody can read of what an integrator throws and hands in, and by the Call-ID of a call that comes in, 0.4.
 * The report and each language grew by the words for where a Q.850 cause arose and for what is over, 0.6 and 0.3, and the
 * ticket by calls that a connection took with it, 0.1.
 * The core grew by calls that knock the sooner the less time they have, and edges that bind and hang up, 0.4; the first call besides by short session
 * timers, INVITEs that expire, BYEs said again and routes that are mangled, 0.7, and by callers in whose From nobody can be read, tags in other
 * spellings, calls that would ring twice and flows that an edge wants kept, 0.6, answers in other spellings and first hops without
 * outbound, 0.3; the diagnosis by what HTTP says of no route and rows of 480s beside carriers that reach everybody, 0.3, by audio that two
 * carriers lose together and registrars that starts have filled, 0.6, by refusals that another carrier refutes, 0.6, and by calls that are forbidden
 * to one carrier alone 0.5, by callees' answers that another carrier contradicts and starts that break all routes, or are made all the time, 1.3;
 * by what two outsiders' days taught besides: starts that change the share of calls that fail, or what callees are said to answer, 0.9, audio that comes and
 * goes with starts and edits 0.7, accounts that a carrier takes and refuses by turns 0.9, audio that one carrier alone loses again and again, and customers who
 * open at one hour, 0.5, refusals of one route alone and odd words among many calls 0.6; each language and the page by their words 0.3 and 0.2; what writes
 * reports by the times of reasons, 0.3, and the calls that a carrier denied, 0.2.
 * All grew by why a peer ends a talk (RFC 3326), which looked like a customer who hangs up: core 0.1, the SIP of it 0.2, what it says of a carrier 0.2,
 * and 0.4 and 0.1 for the page and each language that tell it.
 */
const budgets = [
  { name: "core: all that a call needs but SIP and audio", entry: core, maxKb: 46, without: "vendor/sip.js/" },
  { name: "a first call: core, SIP.js adapter and WebRTC", entry: core + sipjs + webrtc, maxKb: 90.8 },
  { name: "later: diagnosis", entry: `export * from "./dist/src/diagnosis/index.js";`, maxKb: 37.1 },
  // The document that it shows is made beside the diagnosis, while the incident is open.
  { name: "later: a report's page with one language", entry: `export { renderHtml } from "./dist/src/report/index.js";`, maxKb: 42.8 },
  // The ticket, text, Markdown and TMF621 too: who imports one of them gets no other.
  { name: "later: all that makes and writes reports", entry: `export * from "./dist/src/report/index.js";`, maxKb: 52.1 },
  // Some 550 sentences for every cause, step, term and audience: words, and no code that another language has already.
  { name: "later: each further language", entry: `export * from "./dist/src/report/languages/fr.js";`, maxKb: 22.2 },
];

for (const { name, entry, maxKb, without } of budgets) {
  const bundled = await bundle(entry);
  const kb = kbOf(bundled, loadedFirst(bundled.metafile.outputs));
  const intruder = without && Object.keys(bundled.metafile.inputs).find((file) => file.includes(without));
  console.log(`${name}: ${kb.toFixed(1)} kB of ${maxKb} kB${intruder ? `, but it contains ${intruder}` : ""}`);
  if (kb < 1 || kb > maxKb || intruder) process.exitCode = 1;
}

function bundle(entry) {
  return build({
    stdin: { contents: entry, resolveDir: ".", sourcefile: "entry.js" },
    bundle: true,
    splitting: true,
    minify: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    outdir: "out",
    write: false,
    metafile: true,
  });
}

function kbOf({ outputFiles }, chunks) {
  return (
    outputFiles
      .filter(({ path }) => chunks.some((chunk) => path.endsWith(chunk)))
      .reduce((sum, { contents }) => sum + brotliCompressSync(contents).length, 0) / 1000
  );
}

/** The entry's chunk and all that it imports, but for what is imported dynamically. */
function loadedFirst(outputs) {
  const found = new Set();
  const visit = (chunk) => {
    if (found.has(chunk)) return;
    found.add(chunk);
    for (const { path, kind, external } of outputs[chunk].imports) if (!external && kind !== "dynamic-import") visit(path);
  };
  visit(Object.keys(outputs).find((path) => outputs[path].entryPoint === "entry.js"));
  return [...found];
}
