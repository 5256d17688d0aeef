import { extname } from 'node:path';

import ts from 'typescript';

import { readPage } from './docs-includes.ts';

/** A file of the project, as the rules look at it. */
export interface SourceText {
  /** From the project's folder. */
  readonly path: string;
  readonly text: string;
  readonly lines: readonly string[];
  /** Null for what is no TypeScript or JavaScript. */
  readonly tree: ts.SourceFile | null;
}

/** Reads a file of the project. */
export function readSource(path: string): SourceText {
  return sourceOf(path, readPage(path));
}

/** A text as if it were a file of this path. */
export function sourceOf(path: string, text: string): SourceText {
  const isCode = ['.ts', '.js'].includes(extname(path));
  const tree = isCode ? ts.createSourceFile(path, text, ts.ScriptTarget.ES2023, true) : null;
  return { path, text, lines: text.split('\n'), tree };
}

/** Every node of a file, parents before their children. */
export function listNodes({ tree }: SourceText): readonly ts.Node[] {
  const nodes: ts.Node[] = [];
  const add = (node: ts.Node): void => {
    nodes.push(node);
    node.forEachChild(add);
  };
  if (tree !== null) add(tree);
  return nodes;
}

/** Counts from 1. */
export function lineOf(node: ts.Node): number {
  const file = node.getSourceFile();
  return file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1;
}

/** Counts from 1. */
export function lastLineOf(node: ts.Node): number {
  return node.getSourceFile().getLineAndCharacterOfPosition(node.getEnd()).line + 1;
}

/** What is called, without what it was asked for: `test` of `test.each([...])('…', …)`. */
export function calleeOf({ expression }: ts.CallExpression): string | null {
  if (ts.isIdentifier(expression)) return expression.text;
  if (ts.isCallExpression(expression)) return calleeOf(expression);
  if (ts.isTaggedTemplateExpression(expression))
    return ts.isPropertyAccessExpression(expression.tag) ? textOf(expression.tag.expression) : null;
  return ts.isPropertyAccessExpression(expression) ? textOf(expression.expression) : null;
}

function textOf(node: ts.Node): string | null {
  return ts.isIdentifier(node) ? node.text : null;
}

/** The texts of a union of string literals, in order. Empty when there is none of this name. */
export function listUnionMembers(path: string, name: string): readonly string[] {
  for (const node of listNodes(readSource(path))) {
    if (!ts.isTypeAliasDeclaration(node) || node.name.text !== name) continue;
    if (!ts.isUnionTypeNode(node.type)) return [];
    return node.type.types.flatMap((member) =>
      ts.isLiteralTypeNode(member) && ts.isStringLiteral(member.literal)
        ? [member.literal.text]
        : [],
    );
  }
  return [];
}
