/** What a reader pastes has to compile: every `ts` block of every page, against the package's own types, as one program. */
import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));

/** What the pages speak of and the reader has: given here once, by its type. */
const given = `
import type { Control, Linekeeper, LinekeeperConfig, ReportDocument, TrunkConfig } from "linekeeper";
import type { Incident } from "linekeeper/diagnosis";
import type { MockTrunk } from "linekeeper/mock-trunk";

declare global {
  const config: LinekeeperConfig;
  const createLinekeeper: (config: LinekeeperConfig) => Linekeeper;
  const line: Linekeeper;
  const trunk: MockTrunk;
  const report: ReportDocument;
  const reports: readonly ReportDocument[];
  const incident: Incident;
  const generatedAtMs: number;
  const privateKey: CryptoKey;
  const iceServers: readonly RTCIceServer[];
  const controls: Readonly<Record<string, Control>>;
  const tokenExpiresAtMs: number;
  function token(): Promise<string>;
  function fetchTrunks(): Promise<readonly TrunkConfig[]>;
  function show(...what: readonly unknown[]): void;
  function showCall(call: object): void;
  function showRinging(who: string, by: { readonly answer: () => unknown; readonly decline: () => unknown }): void;
}
`;

const imports = /^import \{(.*)\} from "(.*)";/gm;

/** Its page and line as a file's name, so that an error says where it is; with what blocks before it on its page import. */
function blocksOf(page: string): (readonly [file: string, code: string])[] {
  const text = readFileSync(root + page, "utf8");
  const before = new Map<string, string>();
  return [...text.matchAll(/```ts\n([^]*?)```/g)].map((block) => {
    const [, code = ""] = block;
    const own = [...code.matchAll(imports)].flatMap(([, names = "", from = ""]) =>
      names.split(",").map((name) => [name.trim(), from] as const),
    );
    for (const [name] of own) before.delete(name);
    const carried = [...before].map(([name, from]) => `import { ${name} } from "${from}";`);
    for (const [name, from] of own) before.set(name, from);
    const atLine = text.slice(0, block.index).split("\n").length;
    return [`${root}${page.replaceAll("/", "-")}-line-${atLine}.ts`, `${carried.join(" ")} export {};\n${code}`] as const;
  });
}

test("every block compiles", () => {
  const pages = globSync(["*.md", "docs/*.md", "adapters/**/*.md", "examples/**/*.md"], { cwd: root });
  const blocks = pages.map((page) => page.replaceAll("\\", "/")).flatMap(blocksOf);
  expect(blocks.length).toBeGreaterThan(20);
  const files = new Map([...blocks, [`${root}given.ts`, given]]);
  const { config } = ts.readConfigFile(`${root}tsconfig.json`, ts.sys.readFile) as { readonly config: unknown };
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  // A page may name what it does nothing with.
  const host = ts.createCompilerHost({ ...options, noUnusedLocals: false });
  const { fileExists, readFile, getSourceFile } = host;
  host.fileExists = (name) => files.has(name) || fileExists(name);
  host.readFile = (name) => files.get(name) ?? readFile(name);
  host.getSourceFile = (name, version, ...rest) => {
    const text = files.get(name);
    return text === undefined ? getSourceFile(name, version, ...rest) : ts.createSourceFile(name, text, version);
  };
  const program = ts.createProgram([...files.keys()], { ...options, noEmit: true, noUnusedLocals: false, noUnusedParameters: false }, host);
  const errors = [...files.keys()].flatMap((name) => {
    const source = program.getSourceFile(name);
    return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map(({ messageText, start = 0 }) => {
      const line = source ? ts.getLineAndCharacterOfPosition(source, start).line : 0;
      return `${name.slice(root.length)} + ${line}: ${ts.flattenDiagnosticMessageText(messageText, " ")}`;
    });
  });
  expect(errors).toEqual([]);
});
