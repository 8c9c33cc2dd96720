/** What an editor shows on hover: whoever integrates us reads it before any other document. */
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { expect, test } from "vitest";
import manifest from "../package.json" with { type: "json" };

/** Entries whose names are all explained. */
const explained = [".", "./diagnosis", "./seal"] as const;

/**
 * Left out: catalogues of words, one for each of a report's languages. What a key of theirs stands for, the English sentence says
 * beside it.
 */
const catalogues = /\/src\/report\/languages\//;

const root = fileURLToPath(new URL("..", import.meta.url));
const files = explained.map((entry) => root + manifest.exports[entry]["linekeeper-source"].slice("./".length));
const { config } = ts.readConfigFile(`${root}tsconfig.json`, ts.sys.readFile) as { readonly config: unknown };
const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
const program = ts.createProgram(files, { ...options, noEmit: true });
const checker = program.getTypeChecker();

/** The declaration itself, of what is exported on from elsewhere. */
const declared = (symbol: ts.Symbol): ts.Symbol => (symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol);

const isOurs = (node: ts.Node): boolean => !/\/node_modules\//.test(node.getSourceFile().fileName) && !catalogues.test(node.getSourceFile().fileName);

/** What is exported, and then whatever its types name: a reader of one arrives at the other. */
function publicSymbols(): ReadonlySet<ts.Symbol> {
  const found = new Set<ts.Symbol>();
  const add = (symbol: ts.Symbol | undefined) => {
    const own = symbol && declared(symbol);
    const declarations = own?.declarations?.filter(isOurs) ?? [];
    if (!own || declarations.length === 0 || own.flags & ts.SymbolFlags.TypeParameter || found.has(own)) return;
    found.add(own);
    for (const declaration of declarations) reach(declaration);
  };
  /** Of code that runs only its types are public, written or inferred. */
  const reach = (node: ts.Node): void => {
    if (ts.isFunctionLike(node)) inferred(checker.getSignatureFromDeclaration(node)?.getReturnType());
    if (ts.isVariableDeclaration(node)) inferred(checker.getTypeAtLocation(node));
    if (ts.isTypeReferenceNode(node)) add(checker.getSymbolAtLocation(node.typeName));
    if (ts.isExpressionWithTypeArguments(node)) add(checker.getSymbolAtLocation(node.expression));
    ts.forEachChild(node, (child) => {
      if (!ts.isBlock(child) && !(ts.isExpression(child) && !ts.isExpressionWithTypeArguments(child))) reach(child);
    });
  };
  const inferred = (type: ts.Type | undefined) => add(type?.aliasSymbol ?? type?.getSymbol());
  for (const file of files) {
    const source = program.getSourceFile(file);
    const entry = source && checker.getSymbolAtLocation(source);
    for (const symbol of entry ? checker.getExportsOfModule(entry) : []) add(symbol);
  }
  return found;
}

const isExplained = (symbol: ts.Symbol): boolean => symbol.getDocumentationComment(checker).length > 0;

/** Those of an interface or a class that have a name of their own. */
const membersOf = (symbol: ts.Symbol): readonly ts.Symbol[] =>
  (symbol.declarations ?? [])
    .filter((node): node is ts.InterfaceDeclaration | ts.ClassDeclaration => ts.isInterfaceDeclaration(node) || ts.isClassDeclaration(node))
    .flatMap(({ members }) => members.map((member) => member.name && checker.getSymbolAtLocation(member.name)))
    .filter((member) => member !== undefined);

test("every public name and each of its members has a doc comment", () => {
  const symbols = [...publicSymbols()];
  expect(symbols.length).toBeGreaterThan(100);
  const silent = symbols.flatMap((symbol) => {
    const file = symbol.declarations?.[0]?.getSourceFile().fileName.slice(root.length) ?? "";
    const names = [
      ...(isExplained(symbol) ? [] : [symbol.name]),
      ...membersOf(symbol).flatMap((member) => (isExplained(member) ? [] : [`${symbol.name}.${member.name}`])),
    ];
    return names.map((name) => `${file}: ${name}`);
  });
  expect(silent).toEqual([]);
});
