import ts from 'typescript';

import { calleeOf, lastLineOf, lineOf, listNodes, type SourceText } from './tidy-source.ts';
import type { BannedWord } from './tidy-words.ts';

/** One place where a rule is broken: `path:line what`. */
export type Violation = string;

/** What a rule finds in one file, in the order of its lines. */
export type Rule = (source: SourceText) => readonly Violation[];

const FILE_LINES_MAX = 300;
const TEST_LINES_MAX = 400;
const FUNCTION_LINES_MAX = 70;
const LINE_COLUMNS_MAX = 100;

/** At most 300 lines, a test 400. */
export function findLongFile({ path, lines }: SourceText): readonly Violation[] {
  const max = isTest(path) ? TEST_LINES_MAX : FILE_LINES_MAX;
  const count = lines.at(-1) === '' ? lines.length - 1 : lines.length;
  return count > max ? [`${path}:${max} has ${count} lines`] : [];
}

/**
 * At most 70 lines, unless it is the callback of a suite or of a test. A room is made by a factory
 * whose functions are declared inside it: each of those is measured by itself and counts for
 * nothing in the factory.
 */
export function findLongFunctions(source: SourceText): readonly Violation[] {
  const functions = listNodes(source).filter(isFunction);
  return functions
    .filter((node) => !isSuiteOrTest(node))
    .map((node) => ({ line: lineOf(node), count: ownLinesOf(node) }))
    .filter(({ count }) => count > FUNCTION_LINES_MAX)
    .map(({ line, count }) => `${source.path}:${line} has a function of ${count} lines`);
}

function isFunction(node: ts.Node): boolean {
  return ts.isFunctionLike(node) && 'body' in node && node.body !== undefined;
}

function ownLinesOf(node: ts.Node): number {
  let inner = 0;
  const add = (child: ts.Node): void => {
    if (ts.isFunctionDeclaration(child)) inner += countLines(child);
    else child.forEachChild(add);
  };
  node.forEachChild(add);
  return countLines(node) - inner;
}

function countLines(node: ts.Node): number {
  return lastLineOf(node) - lineOf(node) + 1;
}

function isSuiteOrTest(node: ts.Node): boolean {
  const { parent } = node;
  return ts.isCallExpression(parent) && ['describe', 'test'].includes(calleeOf(parent) ?? '');
}

/**
 * At most 100 columns, unless an address stands in the line, or what is too long is a text that
 * cannot be broken: SQL, and in tests a title or a value of a table.
 */
export function findLongLines(source: SourceText): readonly Violation[] {
  const unbreakable = new Set(listNodes(source).filter(isUnbreakable(source)).flatMap(linesOf));
  return source.lines.flatMap((line, index) => {
    const columns = [...line].length;
    if (columns <= LINE_COLUMNS_MAX || /https?:\/\//u.test(line)) return [];
    return unbreakable.has(index + 1) ? [] : [`${source.path}:${index + 1} has ${columns} columns`];
  });
}

function isUnbreakable({ path }: SourceText): (node: ts.Node) => boolean {
  return (node) => {
    const isTemplate = ts.isTemplateExpression(node) || ts.isNoSubstitutionTemplateLiteral(node);
    if (isTemplate && isSql(node.getText())) return true;
    return isTest(path) && (isTemplate || ts.isStringLiteral(node));
  };
}

function isSql(text: string): boolean {
  return /\b(?:select|insert into|update|delete from|create|comment on)\s/u.test(text);
}

function linesOf(node: ts.Node): readonly number[] {
  const first = lineOf(node);
  return Array.from({ length: lastLineOf(node) - first + 1 }, (_, index) => first + index);
}

/** Words that are not used, wherever they stand in the file. */
export function findWords(words: readonly BannedWord[]): Rule {
  return ({ path, lines }) =>
    lines.flatMap((line, index) =>
      words.flatMap(({ pattern, instead, except }) =>
        [...without(line, except).matchAll(pattern)].map(
          ([found]) => `${path}:${index + 1} says "${found}": say ${instead}`,
        ),
      ),
    );
}

/** Names of files and folders that say nothing. */
export function findNames(words: readonly BannedWord[]): Rule {
  return ({ path }) =>
    words.flatMap(({ pattern, instead }) =>
      [...path.matchAll(pattern)].map(([found]) => `${path} is called "${found}": say ${instead}`),
    );
}

function without(line: string, names: readonly string[]): string {
  return names.reduce((text, name) => text.replaceAll(new RegExp(`\\b${name}\\b`, 'gu'), ''), line);
}

/** `any`, wherever a type may stand. */
export function findAny(source: SourceText): readonly Violation[] {
  return listNodes(source)
    .filter(({ kind }) => kind === ts.SyntaxKind.AnyKeyword)
    .map((node) => `${source.path}:${lineOf(node)} says any: say unknown, and parse it`);
}

/** The clock of the machine, read past the `Clock` that is passed in. */
export function findOwnClock(source: SourceText): readonly Violation[] {
  return listNodes(source)
    .filter(
      (node) =>
        (ts.isNewExpression(node) &&
          node.expression.getText() === 'Date' &&
          (node.arguments ?? []).length === 0) ||
        (ts.isCallExpression(node) && ['Date', 'Date.now'].includes(node.expression.getText())),
    )
    .map((node) => `${source.path}:${lineOf(node)} reads the clock: take a Clock`);
}

/** A use of `object.member`, or of any member of the object where none is named. */
export function findUseOf(object: string, member: string | null, instead: string): Rule {
  return (source) =>
    listNodes(source)
      .filter(
        (node) =>
          ts.isPropertyAccessExpression(node) &&
          node.expression.getText() === object &&
          (member === null || node.name.text === member),
      )
      .map((node) => `${source.path}:${lineOf(node)} uses ${node.getText()}: use ${instead}`);
}

/** An export without a name to search for. */
export function findDefaultExports(source: SourceText): readonly Violation[] {
  return listNodes(source)
    .filter((node) => ts.isExportAssignment(node) || node.kind === ts.SyntaxKind.DefaultKeyword)
    .filter(({ parent }) => !ts.isCaseBlock(parent))
    .map((node) => `${source.path}:${lineOf(node)} exports by default: export by name`);
}

/** Two tests of one file with one title. */
export function findRepeatedTitles(source: SourceText): readonly Violation[] {
  const seen = new Set<string>();
  return listNodes(source).flatMap((node) => {
    if (!ts.isCallExpression(node) || calleeOf(node) !== 'test') return [];
    const [title] = node.arguments;
    if (title === undefined || !ts.isStringLiteralLike(title)) return [];
    const isRepeated = seen.has(title.text);
    seen.add(title.text);
    return isRepeated ? [`${source.path}:${lineOf(node)} repeats the title "${title.text}"`] : [];
  });
}

/** An exported function, interface, class or constant that promises nothing. */
export function findUndocumented(source: SourceText): readonly Violation[] {
  return listNodes(source).flatMap((node) => {
    const names = exportedNames(node);
    const isDocumented = names === null || ts.getJSDocCommentsAndTags(node).length > 0;
    return isDocumented ? [] : [`${source.path}:${lineOf(node)} says nothing about ${names}`];
  });
}

/** Null for what is not exported, or is of another kind. */
function exportedNames(node: ts.Node): string | null {
  const isExported =
    ts.canHaveModifiers(node) &&
    (ts.getModifiers(node) ?? []).some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);
  if (!isExported) return null;
  if (ts.isVariableStatement(node))
    return node.declarationList.declarations.map(({ name }) => name.getText()).join();
  const isOfKind =
    ts.isFunctionDeclaration(node) ||
    ts.isInterfaceDeclaration(node) ||
    ts.isClassDeclaration(node);
  return isOfKind ? (node.name?.text ?? 'default') : null;
}

function isTest(path: string): boolean {
  return path.startsWith('test/');
}
