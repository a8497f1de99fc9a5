/** The tidy rules on the shape of one file: its length, opening, name, functions, and marks of unfinished work. */

import ts from 'typescript';
import type { SourceFile, TextFile } from './source-tree.ts';

const maximumFileLines = 350;
const maximumFunctionLines = 70;

/** Files that are too long to have one job. */
export function findLongFiles(files: readonly TextFile[]): readonly string[] {
  return files.flatMap((file) => {
    const lines = file.text.replace(/\n$/, '').split('\n').length;
    return lines > maximumFileLines
      ? [`${file.path} has ${lines} lines, over ${maximumFileLines}: it has two jobs, split it`]
      : [];
  });
}

/** Files that do not begin with a doc comment (after a `#!` line, if there is one). */
export function findUndocumented(files: readonly TextFile[]): readonly string[] {
  return files
    .filter((file) => !/^(?:#!.*\n)?\/\*\*\s*(?:\*\s+)?[^\s*]/.test(file.text))
    .map((file) => `${file.path} does not open with a doc comment on its one job`);
}

/** Files and directories whose name does not say what is in them. */
export function findVagueNames(files: readonly TextFile[]): readonly string[] {
  return files
    .filter((file) => /(?:^|[/.-])(?:utils?|helpers?|misc|common)(?=[/.-])/.test(file.path))
    .map((file) => `${file.path} has a name that says nothing: name it after its job`);
}

/** Functions that are too long; lines that are blank or hold only a comment do not count. */
export function findLongFunctions(sources: readonly SourceFile[]): readonly string[] {
  return sources.flatMap((source) => {
    const findings: string[] = [];
    const visit = (node: ts.Node): void => {
      const lines = ts.isFunctionLike(node) ? linesOfCode(node, source.tree).size : 0;
      if (lines > maximumFunctionLines) {
        const { line } = source.tree.getLineAndCharacterOfPosition(node.getStart());
        findings.push(
          `${source.path}:${line + 1} is a function of ${lines} lines, over ${maximumFunctionLines}`,
        );
      }
      ts.forEachChild(node, visit);
    };
    visit(source.tree);
    return findings;
  });
}

/** The numbers of the lines that hold code of the node. */
function linesOfCode(node: ts.Node, tree: ts.SourceFile): ReadonlySet<number> {
  const lines = new Set<number>();
  const visit = (child: ts.Node): void => {
    if (ts.isJSDoc(child)) return;
    const children = child.getChildren(tree);
    for (const grandchild of children) visit(grandchild);
    if (children.length > 0 || child.getStart(tree) === child.getEnd()) return;
    const first = tree.getLineAndCharacterOfPosition(child.getStart(tree)).line;
    const last = tree.getLineAndCharacterOfPosition(child.getEnd()).line;
    for (let line = first; line <= last; line += 1) lines.add(line);
  };
  visit(node);
  return lines;
}

/** Marks of work put off. */
export function findUnfinished(files: readonly TextFile[]): readonly string[] {
  return files.flatMap((file) =>
    file.text
      .split('\n')
      .flatMap((line, index) =>
        /\b(?:TODO|FIXME)\b/.test(line)
          ? [`${file.path}:${index + 1} puts work off: do it, or open an issue`]
          : [],
      ),
  );
}

/** Tests that are narrowed, skipped or put off, by a call (`test.skip`) or by an option (`{ skip: true }`). */
export function findSkippedTests(sources: readonly SourceFile[]): readonly string[] {
  return sources.flatMap((source) => {
    const findings: string[] = [];
    const visit = (node: ts.Node): void => {
      const mark = ts.isCallExpression(node) ? skipMarkOf(node) : undefined;
      if (mark !== undefined) {
        const { line } = source.tree.getLineAndCharacterOfPosition(node.getStart());
        findings.push(`${source.path}:${line + 1} has ${mark}: every test runs, always`);
      }
      ts.forEachChild(node, visit);
    };
    visit(source.tree);
    return findings;
  });
}

const testFunctions: ReadonlySet<string> = new Set(['test', 'it', 'describe', 'suite', 't', 'context']);
const skipMarks: ReadonlySet<string> = new Set(['only', 'skip', 'todo', 'runOnly']);

function skipMarkOf(call: ts.CallExpression): string | undefined {
  const names = dottedNames(call.expression);
  if (!testFunctions.has(names[0] ?? '')) return undefined;
  const called = names.slice(1).find((name) => skipMarks.has(name));
  if (called !== undefined) return `.${called}()`;
  const option = call.arguments
    .filter(ts.isObjectLiteralExpression)
    .flatMap((options) => options.properties.map((property) => property.name?.getText() ?? ''))
    .find((name) => skipMarks.has(name));
  return option === undefined ? undefined : `the option ${option}`;
}

/** `a.b.c` as its names; empty for anything but plain names and dots. */
function dottedNames(expression: ts.Expression): readonly string[] {
  if (ts.isIdentifier(expression)) return [expression.text];
  if (!ts.isPropertyAccessExpression(expression)) return [];
  const before = dottedNames(expression.expression);
  return before.length === 0 ? [] : [...before, expression.name.text];
}
