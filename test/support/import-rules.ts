/** The tidy rules on who imports whom: the layers' walls, cycles, barrels, and the mirror of the pure layers in the tests. */

import ts from 'typescript';
import { layerOf } from './layers.ts';
import type { Imported, SourceFile } from './source-tree.ts';
import { importsOf } from './source-tree.ts';

/** The names of the packages that package.json lists. */
export interface PackageNames {
  readonly runtime: readonly string[];
  readonly development: readonly string[];
}

/** Imports that the table of layers does not allow, one sentence each. */
export function findForbiddenImports(
  sources: readonly SourceFile[],
  packages: PackageNames,
): readonly string[] {
  return sources.flatMap((source) => {
    const layer = layerOf(source.path);
    if (layer === undefined) return [`${source.path} is in no layer: give its directory a row in layers.ts`];
    return importsOf(source)
      .filter((imported) => !isAllowed(imported, layer, packages))
      .map((imported) => `${source.path} imports ${describe(imported)}: ${layer.reason}`);
  });
}

function isAllowed(
  imported: Imported,
  layer: NonNullable<ReturnType<typeof layerOf>>,
  packages: PackageNames,
): boolean {
  switch (imported.kind) {
    case 'file': {
      const target = layerOf(imported.path);
      return target !== undefined && layer.mayImport.includes(target.name);
    }
    case 'node':
      return layer.node && imported.name.startsWith('node:');
    case 'npm':
      return (
        (layer.npm !== 'none' && packages.runtime.includes(imported.name)) ||
        (layer.npm === 'any' && packages.development.includes(imported.name))
      );
  }
}

function describe(imported: Imported): string {
  switch (imported.kind) {
    case 'file':
      return imported.path;
    case 'node':
      return `Node's ${imported.name}`;
    case 'npm':
      return `the package ${imported.name}`;
  }
}

/** Circles of imports, each once, written as `a → b → a`; an import of a type alone counts too. */
export function findCycles(sources: readonly SourceFile[]): readonly string[] {
  const targets = new Map(sources.map((source) => [source.path, fileTargets(source)]));
  const done = new Set<string>();
  const cycles: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    const start = trail.indexOf(path);
    if (start >= 0) cycles.push([...trail.slice(start), path].join(' → '));
    if (start >= 0 || done.has(path)) return;
    for (const target of targets.get(path) ?? []) visit(target, [...trail, path]);
    done.add(path);
  };
  for (const path of targets.keys()) visit(path, []);
  return cycles;
}

/** Files that declare and run nothing and only hand on what others export. */
export function findBarrels(sources: readonly SourceFile[]): readonly string[] {
  return sources
    .filter((source) => {
      const statements = source.tree.statements;
      return statements.some(ts.isExportDeclaration) && statements.every(isImportOrExport);
    })
    .map((source) => `${source.path} is a barrel: import from the file that has the thing`);
}

function isImportOrExport(statement: ts.Statement): boolean {
  return ts.isImportDeclaration(statement) || ts.isExportDeclaration(statement);
}

/** Files of core and codec that no unit test knows: neither mirrored below test/unit nor imported from there. */
export function findUntested(sources: readonly SourceFile[]): readonly string[] {
  const unitTests = sources.filter((source) => source.path.startsWith('test/unit/'));
  const imported = new Set(unitTests.flatMap(fileTargets));
  const mirrored = new Set(unitTests.map((source) => source.path));
  return sources
    .map((source) => source.path)
    .filter((path) => /^src\/(?:core|codec)\//.test(path))
    .filter((path) => !imported.has(path) && !mirrored.has(mirrorOf(path)))
    .map((path) => `${path} has no unit test: write ${mirrorOf(path)}`);
}

function mirrorOf(path: string): string {
  return path.replace(/^src\//, 'test/unit/').replace(/\.ts$/, '.test.ts');
}

function fileTargets(source: SourceFile): readonly string[] {
  return importsOf(source).flatMap((imported) => (imported.kind === 'file' ? [imported.path] : []));
}
