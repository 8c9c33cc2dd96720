/** `linekeeper/no-restricted-syntax`: what oxlint lacks of ESLint, with ESLint's options. */

/** @typedef {{ readonly selector: string, readonly message: string }} Restriction in ESLint's selectors */

const noRestrictedSyntax = {
  meta: { schema: { type: "array", items: { type: "object" } } },
  /** @param {{ options: readonly Restriction[], report: (finding: { node: unknown, message: string }) => void }} context */
  create: ({ options, report }) =>
    Object.fromEntries(options.map(({ selector, message }) => [selector, (/** @type {unknown} */ node) => report({ node, message })])),
};

export default { meta: { name: "linekeeper" }, rules: { "no-restricted-syntax": noRestrictedSyntax } };
