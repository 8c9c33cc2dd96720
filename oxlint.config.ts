import { defineConfig } from "oxlint";

/** All time and chance goes through the ports Clock and Random, so that a test or a replay can supply its own. */
const useClock = "Use the Clock port (src/clock.ts).";
const useRandom = "Use the Random port (src/clock.ts).";
const usePort = "src/ knows no DOM and no Node: ask for it through a port (src/ports/).";

const timeGlobals = [
  "performance",
  "setTimeout",
  "setInterval",
  "setImmediate",
  "clearTimeout",
  "clearInterval",
  "requestAnimationFrame",
  "requestIdleCallback",
].map((name) => ({ name, message: useClock }));

const hostGlobals = [
  "document",
  "fetch",
  "indexedDB",
  "localStorage",
  "location",
  "navigator",
  "process",
  "Buffer",
  "RTCPeerConnection",
  "sessionStorage",
  "WebSocket",
  "window",
].map((name) => ({ name, message: usePort }));

// `new Date(ms)` stays allowed: it only formats a time that came from the clock.
const clockSyntax = ["NewExpression[callee.name='Date'][arguments.length=0]", "CallExpression[callee.name='Date']"].map((selector) => ({
  selector,
  message: useClock,
}));

const clockProperties = [
  { object: "Date", property: "now", message: useClock },
  { object: "globalThis", property: "performance", message: useClock },
  { object: "globalThis", property: "setTimeout", message: useClock },
  { object: "globalThis", property: "setInterval", message: useClock },
  { object: "AbortSignal", property: "timeout", message: `${useClock} Fake timers do not reach this one.` },
  { object: "Math", property: "random", message: useRandom },
];

const usePlatform = "Older browsers lack it: src/platform.ts makes up for it.";
const youngProperties = [
  { object: "AbortSignal", property: "any", message: usePlatform },
  { object: "URL", property: "canParse", message: usePlatform },
];

/** Chrome 110 and Firefox 115 are the first to have them: later than those that we promise. */
const youngSyntax = {
  selector: "CallExpression[callee.property.name=/^to(Sorted|Reversed|Spliced)$/]",
  message: "Older browsers lack it: copy the array first.",
};

/** A signal that has aborted already tells its listeners nothing. */
const abortSyntax = {
  selector: "CallExpression[callee.property.name='addEventListener'][arguments.0.value='abort']",
  message: "Use whenAborted() of src/platform.ts: it also hears of a signal that has aborted already.",
};

export default defineConfig({
  ignorePatterns: ["dist/", "coverage/", "drill-reports/", "**/public/mockServiceWorker.js"],
  options: { typeAware: true, reportUnusedDisableDirectives: "error" },
  plugins: ["typescript"],
  jsPlugins: ["./test/setup/lint-plugin.mjs"],
  categories: { correctness: "error" },
  rules: {
    // TypeScript's noUnusedLocals says this already.
    "no-unused-vars": "off",

    // What our code does knowingly and often.
    "typescript/no-base-to-string": "off",
    "typescript/no-implied-eval": "off",
    "typescript/no-meaningless-void-operator": "off",
    "typescript/no-misused-spread": "off",
    "typescript/require-array-sort-compare": "off",
    "typescript/restrict-template-expressions": "off",
    "typescript/unbound-method": "off",

    // The rest of what ESLint and typescript-eslint recommend.
    "no-array-constructor": "error",
    "no-case-declarations": "error",
    "no-empty": "error",
    "no-fallthrough": "error",
    "no-prototype-builtins": "error",
    "no-regex-spaces": "error",
    "no-unexpected-multiline": "error",
    "no-unused-expressions": "error",
    "no-useless-assignment": "error",
    "no-var": "error",
    "prefer-const": "error",
    "prefer-rest-params": "error",
    "prefer-spread": "error",
    "preserve-caught-error": "error",
    "typescript/ban-ts-comment": "error",
    "typescript/no-empty-object-type": "error",
    "typescript/no-namespace": "error",
    "typescript/no-require-imports": "error",
    "typescript/no-unnecessary-type-constraint": "error",
    "typescript/no-unsafe-function-type": "error",

    eqeqeq: "error",
    "typescript/await-thenable": "error",
    "typescript/consistent-type-imports": "error",
    "typescript/no-explicit-any": "error",
    "typescript/no-floating-promises": "error",
    "typescript/no-misused-promises": ["error", { checksVoidReturn: { properties: false } }],
    "typescript/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
  },
  overrides: [
    {
      files: ["src/**/*.ts", "adapters/**/*.ts"],
      excludeFiles: ["src/clock.ts"],
      rules: {
        "no-console": "error",
        "no-restricted-globals": ["error", ...timeGlobals],
        "no-restricted-properties": ["error", ...clockProperties, ...youngProperties],
        "linekeeper/no-restricted-syntax": ["error", ...clockSyntax, abortSyntax, youngSyntax],
      },
    },
    {
      files: ["src/**/*.ts"],
      excludeFiles: ["src/clock.ts"],
      rules: { "no-restricted-globals": ["error", ...timeGlobals, ...hostGlobals] },
    },
  ],
});
