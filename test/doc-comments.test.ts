/** What an editor shows on hover: whoever integrates us reads that before any other document. */
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { expect, test } from "vitest";
import manifest from "../package.json" with { type: "json" };

/** Left out, by where it is declared. */
const leftOut = [
  /\/node_modules\//, // others'
  /\/src\/report\/languages?\b/, // the words of a report: the English sentence beside a key says what it stands for
];

const root = fileURLToPath(new URL("..", import.meta.url));
/** Of each entry of the package that is code. */
const files = Object.values(manifest.exports).flatMap((entry) =>
  typeof entry === "string" ? [] : [root + entry["linekeeper-source"].slice("./".length)],
);
const { config } = ts.readConfigFile(`${root}tsconfig.json`, ts.sys.readFile) as { readonly config: unknown };
const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
const program = ts.createProgram(files, { ...options, noEmit: true });
const checker = program.getTypeChecker();

const isIn = (symbol: ts.Symbol, places: readonly RegExp[]): boolean =>
  places.some((place) => place.test(symbol.declarations?.[0]?.getSourceFile().fileName ?? ""));

/** Where it is declared, of what is exported on or imported. */
const originOf = (symbol: ts.Symbol): ts.Symbol => (symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol);

/** What is exported, and whatever the types of that name: who reads the one arrives at the other. */
function publicSymbols(): ReadonlySet<ts.Symbol> {
  const found = new Set<ts.Symbol>();

  function add(symbol: ts.Symbol): void {
    if (found.has(symbol) || symbol.flags & ts.SymbolFlags.TypeParameter || isIn(symbol, leftOut)) return;
    found.add(symbol);
    for (const declaration of symbol.declarations ?? []) read(declaration);
  }

  const reach = (symbol: ts.Symbol | undefined) => symbol && add(originOf(symbol));

  /** Of code that runs the types alone are public, whether they are written or inferred. */
  function read(node: ts.Node): void {
    if (ts.isFunctionLike(node)) infer(checker.getSignatureFromDeclaration(node)?.getReturnType());
    if (ts.isVariableDeclaration(node)) infer(checker.getTypeAtLocation(node));
    if (ts.isTypeReferenceNode(node)) reach(checker.getSymbolAtLocation(node.typeName));
    if (ts.isExpressionWithTypeArguments(node)) reach(checker.getSymbolAtLocation(node.expression));
    ts.forEachChild(node, (child) => {
      const isRun = ts.isBlock(child) || (ts.isExpression(child) && !ts.isExpressionWithTypeArguments(child));
      if (!isRun) read(child);
    });
  }

  const infer = (type: ts.Type | undefined) => reach(type?.aliasSymbol ?? type?.getSymbol());

  for (const file of files) {
    const source = program.getSourceFile(file);
    const entry = source && checker.getSymbolAtLocation(source);
    if (!entry) throw new Error(`${file} exports nothing`);
    for (const symbol of checker.getExportsOfModule(entry)) add(originOf(symbol));
  }
  return found;
}

/** Of an interface or a class, where they have a name that is not private. */
const membersOf = ({ declarations = [] }: ts.Symbol): readonly ts.Symbol[] =>
  declarations
    .flatMap((node) => (ts.isInterfaceDeclaration(node) || ts.isClassDeclaration(node) ? [...node.members] : []))
    .flatMap(({ name }) => (name && !ts.isPrivateIdentifier(name) && checker.getSymbolAtLocation(name)) || []);

const isSilent = (symbol: ts.Symbol): boolean => symbol.getDocumentationComment(checker).length === 0;

test("every public name, and every member of it, has a doc comment", () => {
  // `__type` and the like: TypeScript's names for what has none.
  const symbols = [...publicSymbols()].filter(({ name }) => !name.startsWith("__"));
  const names = symbols.map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(["createLinekeeper", "ConversationEvents", "explain", "sealJournal"]));
  const silent = symbols.flatMap((symbol) => [
    ...(isSilent(symbol) ? [symbol.name] : []),
    ...membersOf(symbol).flatMap((member) => (isSilent(member) ? [`${symbol.name}.${member.name}`] : [])),
  ]);
  expect(silent).toEqual([]);
});
