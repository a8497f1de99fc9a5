/** The program's own sources, read and parsed with TypeScript's parser, for the tests that check their shape. */

import { readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join } from 'node:path/posix';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

/** The checkout's root, an absolute path without a slash at its end. */
export const checkout = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

/** A text file of the checkout. */
export interface TextFile {
  /** From the checkout's root, parts joined by `/`. */
  readonly path: string;
  readonly text: string;
}

/** A TypeScript file with its syntax tree. */
export interface SourceFile extends TextFile {
  readonly tree: ts.SourceFile;
}

/** What an import names: a file of the checkout, a module of Node's, or a package of npm's. */
export type Imported =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'node'; readonly name: string }
  | { readonly kind: 'npm'; readonly name: string };

export function parseSource(path: string, text: string): SourceFile {
  return { path, text, tree: ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true) };
}

/** Everything that a file imports, types included, in order: static, re-exported, `import()` and `import('…').Type`. */
export function importsOf(source: SourceFile): readonly Imported[] {
  const found: Imported[] = [];
  const visit = (node: ts.Node): void => {
    const specifier = specifierOf(node);
    if (specifier !== undefined) found.push(resolve(source.path, specifier));
    ts.forEachChild(node, visit);
  };
  visit(source.tree);
  return found;
}

/** All text files below a directory of the checkout (or the checkout itself), sorted; what git ignores is left out. */
export function readTextFiles(directory = '.'): readonly TextFile[] {
  const files: TextFile[] = [];
  for (const entry of readdirSync(join(checkout, directory), { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (notOurs.has(entry.name)) continue;
    if (entry.isDirectory()) files.push(...readTextFiles(path));
    if (!entry.isFile()) continue;
    const text = readFileSync(join(checkout, path), 'utf8');
    if (!text.includes('\0')) files.push({ path, text });
  }
  return files.sort((left, right) => (left.path < right.path ? -1 : 1));
}

/** What git ignores, and git's own: a directory, or in a linked worktree a file. */
const notOurs: ReadonlySet<string> = new Set(['.git', 'node_modules', 'dist', 'coverage']);

function specifierOf(node: ts.Node): string | undefined {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return textOf(node.moduleSpecifier);
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) return textOf(node.argument.literal);
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
    return textOf(node.arguments[0]) ?? 'computed at run time';
  }
  return undefined;
}

function textOf(node: ts.Node | undefined): string | undefined {
  return node !== undefined && ts.isStringLiteralLike(node) ? node.text : undefined;
}

function resolve(from: string, specifier: string): Imported {
  if (specifier.startsWith('.')) return { kind: 'file', path: join(dirname(from), specifier) };
  if (specifier.startsWith('node:') || builtinModules.includes(specifier)) {
    return { kind: 'node', name: specifier };
  }
  const parts = specifier.split('/');
  return { kind: 'npm', name: parts.slice(0, specifier.startsWith('@') ? 2 : 1).join('/') };
}
