import ts from 'typescript';

/** What a source text asks for that it does not make itself. */
export interface Needs {
  /** Names of values that it neither declares nor imports: the language's, or the engine's. */
  globals: string[];
  /** Modules, those for their types alone, too. */
  modules: string[];
  /** Regular expressions by Unicode properties, and calls that depend on a locale. */
  locale: string[];
}

const nameOf = (node: ts.Node) => (node.parent as { name?: ts.Node }).name;
const isMember = (node: ts.Node) => ts.isPropertyAccessExpression(node.parent) || ts.isPropertyAssignment(node.parent);
const isDeclared = (node: ts.Identifier) =>
  nameOf(node) === node && !isMember(node) && !ts.isShorthandPropertyAssignment(node.parent);
const isUsed = (node: ts.Identifier) =>
  !(nameOf(node) === node && !ts.isShorthandPropertyAssignment(node.parent)) &&
  (node.parent as { propertyName?: ts.Node }).propertyName !== node;

export function needsOf(text: string): Needs {
  const [declared, used, modules, locale] = [
    new Set<string>(),
    new Set<string>(),
    new Set<string>(),
    new Set<string>(),
  ];
  const visit = (node: ts.Node) => {
    if (ts.isStringLiteral(node) && isModule(node.parent)) modules.add(node.text);
    // A heritage clause counts as a type, and is none.
    const isType = ts.isTypeNode(node) && !ts.isExpressionWithTypeArguments(node);
    if (isType || ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)) return;
    if (ts.isIdentifier(node) && isDeclared(node)) declared.add(node.text);
    if (ts.isIdentifier(node) && isUsed(node)) used.add(node.text);
    if (ts.isRegularExpressionLiteral(node) && /\\p\{/i.test(node.text)) locale.add(node.text);
    if (ts.isIdentifier(node) && /^(toLocale|localeCompare$)/.test(node.text)) locale.add(node.text);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile('text.ts', text, ts.ScriptTarget.ES2022, true));
  return {
    globals: [...used].filter((name) => !declared.has(name)).sort(),
    modules: [...modules].sort(),
    locale: [...locale].sort(),
  };
}

function isModule(node: ts.Node): boolean {
  const isImport = ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword;
  return ts.isImportDeclaration(node) || ts.isExportDeclaration(node) || isImport;
}
