/** Who may import whom: the picture of the house in docs/architecture.md, as rules. */

/** One rule: `from` may not import `to`. */
const forbid = (name, comment, from, to) => ({ name, comment, severity: "error", from, to });

const npm = (name) => `node_modules/${name}/`;

/** What an adapter may know of us: the public surface and its ports, and what makes up for older browsers. */
const publicTypes = "^src/((index|journal|clock|platform|checks)\\.ts$|ports/)";

/** What a CRM host has to be. */
const hostPort = "^src/crm/host\\.ts$";

/** What reads journals without a softphone. */
const readers =
  "^src/((diagnosis|report|fleet|seal)/index\\.ts|report/read\\.ts|report/languages/fr\\.ts|report/schema/report-v1\\.json|fleet/schema/fleet-report-v1\\.json)$";

/** How the comings and goings of a page are heard, in one place. */
const pageEvents = "^src/host\\.ts$";

/** What an endpoint's answer means for a report, decided in one place; how long work is done on a page, and a report read there; which text any receiver can read. */
const reportSending = "^src/(excerpt|outbox/fate|report/json|slices|turns)\\.ts$";

/** What is a fault in a call's audio: pure. */
const mediaDecisions = "^src/media/(e-model|sample|transport|watch)\\.ts$";

/** Decisions: pure functions of the journal and the configuration. The door of the reports also has a page made turn by turn. */
const pureRooms = `^src/(routing/|diagnosis/|report/(?!index\\.ts)|fleet/|journal\\.ts|outcome\\.ts|states\\.ts|machine\\.ts)|${mediaDecisions}`;

/** I/O, timers and wiring. */
const shells = "^src/(trunk|call|boot|crm|store|outbox)/|^src/media/no-media|^src/(linekeeper|controls|deliveries|host|page|turns)\\.ts$";

/** @type {import("dependency-cruiser").IConfiguration} */
export default {
  forbidden: [
    forbid("no-cycle", "Two files that need each other are one idea, or three. Types count.", {}, { circular: true }),
    forbid("no-unresolved", "An import that leads nowhere.", {}, { couldNotResolve: true }),
    forbid(
      "src-stands-alone",
      "src/ imports no adapter, example or test.",
      { path: "^src/" },
      { path: "^(adapters|examples|test|bench)/" },
    ),
    forbid("src-no-host", "src/ runs anywhere: no Node builtin.", { path: "^src/" }, { dependencyTypes: ["core"] }),
    forbid("adapters-below-examples", "Adapters are used by examples.", { path: "^adapters/" }, { path: "^(examples|test|bench)/" }),
    forbid(
      "adapters-use-ports",
      "Adapters know only our public types; webrtc also what is a fault in its counters, tabs how a page is heard.",
      { path: "^adapters/" },
      { path: "^src/", pathNot: [publicTypes, hostPort, mediaDecisions, pageEvents, reportSending, readers] },
    ),
    forbid(
      "host-port-for-hosts",
      "CRM hosts share what all of them need.",
      { path: "^adapters/", pathNot: "^adapters/(hubspot|salesforce|dynamics|zendesk|post-message)/" },
      { path: hostPort },
    ),
    forbid("readers-for-cli", "The command reads journals.", { path: "^adapters/", pathNot: "^adapters/cli/" }, { path: readers }),
    forbid(
      "media-for-webrtc",
      "One adapter watches media.",
      { path: "^adapters/", pathNot: "^adapters/webrtc/" },
      { path: mediaDecisions },
    ),
    forbid(
      "page-for-tabs",
      "One adapter knows where the agent is.",
      { path: "^adapters/", pathNot: "^adapters/tabs/" },
      { path: pageEvents },
    ),
    forbid(
      "sending-for-otlp",
      "One adapter makes something else of a report, and sends it in parts.",
      { path: "^adapters/", pathNot: "^adapters/otlp/" },
      { path: reportSending },
    ),
    forbid(
      "adapters-apart",
      "An adapter does not need another; reports are posted in one way.",
      { path: "^adapters/([^/]+)/" },
      { path: "^adapters/", pathNot: ["^adapters/$1/", "^adapters/http/post\\.ts$", "^adapters/mock-trunk/(index|ws)\\.ts$"] },
    ),
    forbid(
      "mock-trunk-for-cli",
      "Only the command serves a mock trunk.",
      { path: "^adapters/", pathNot: "^adapters/(cli|mock-trunk)/" },
      { path: "^adapters/mock-trunk/" },
    ),
    forbid(
      "adapters-no-host",
      "Adapters run in a browser; only a server's do not.",
      { path: "^adapters/", pathNot: "^adapters/(mock-trunk/(ws|self-signed)\\.ts$|cli/|file-store/)" },
      { dependencyTypes: ["core"] },
    ),
    forbid("examples-use-exports", "Examples import what our users import.", { path: "^examples/" }, { path: "^(test|bench)/" }),
    forbid("pure-rooms", "Decisions do no I/O.", { path: pureRooms }, { path: shells }),
    forbid("one-opossum", "One file knows opossum.", { pathNot: "^src/trunk/window\\.ts$" }, { path: npm("opossum") }),
    forbid("one-p-retry", "One file knows p-retry.", { pathNot: "^src/boot/retry\\.ts$" }, { path: npm("p-retry") }),
    forbid(
      "one-noble-hashes",
      "One file of the digest's and one of the seal's know @noble/hashes.",
      { pathNot: "^(adapters/sipjs/sha2|src/seal/running-digest)\\.ts$" },
      { path: npm("@noble/hashes") },
    ),
    forbid("one-idb", "One file knows idb.", { pathNot: "^adapters/indexeddb/index\\.ts$" }, { path: npm("idb") }),
    forbid("one-sip-js", "Two adapters know SIP.js.", { pathNot: "^adapters/(sipjs|mock-trunk)/" }, { path: npm("sip.js") }),
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    doNotFollow: { path: "node_modules" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["linekeeper-source", "import", "types", "node", "default"],
    },
  },
};
