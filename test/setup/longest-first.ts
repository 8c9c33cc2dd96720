/** Test files that take longest go first: begun last, they would keep one worker busy while the others wait. */
import { existsSync } from "node:fs";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Some twenty seconds and more each, the longest of each project first. A clean clone knows no durations, and the size of a file tells none. */
const longest = [
  "corpus/corpus.test.ts",
  "corpus/record.test.ts",
  "matrix/tongues.test.ts",
  "bench/herd.test.ts",
  "browser/soak.test.ts",
  "browser/report.test.ts",
  "browser/webrtc.test.ts",
  "browser/deliveries.test.ts",
  "browser/webrtc-hold.test.ts",
  "carriers/dead-path.test.ts",
  "carriers/in-call.test.ts",
  "carriers/loss.test.ts",
  "carriers/moved.test.ts",
].map((file) => `test/${file}`);

const gone = longest.filter((file) => !existsSync(file));
if (gone.length > 0) throw new Error(`test/setup/longest-first.ts names files that are gone: ${gone.join(", ")}`);

const rankOf = ({ moduleId }: TestSpecification): number => {
  const at = longest.findIndex((file) => moduleId.endsWith(file));
  return at < 0 ? longest.length : at;
};

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const orderOf = ({ project }: TestSpecification) => project.config.sequence.groupOrder;
    const sorted = await super.sort(files);
    return sorted.sort((a, b) => orderOf(a) - orderOf(b) || rankOf(a) - rankOf(b));
  }
}
