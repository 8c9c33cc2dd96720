/** Says which tests passed only when they were tried once more: whoever needs that twice in ten runs is to be mended. */
export default class Retries {
  #tried = [];

  /** @param {import("vitest/node").TestCase} test */
  onTestCaseResult(test) {
    if ((test.diagnostic()?.retryCount ?? 0) > 0)
      this.#tried.push(`${test.module.relativeModuleId} > ${test.fullName} (${test.result().state})`);
  }

  onTestRunEnd() {
    if (this.#tried.length > 0) console.log(`\nTried once more:\n${this.#tried.map((name) => `  ${name}`).join("\n")}`);
  }
}
