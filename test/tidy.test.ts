/** The whole checkout keeps the house rules: who imports whom, how long things are, what they are called. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findBarrels, findCycles, findForbiddenImports, findUntested } from './support/import-rules.ts';
import type { PackageManifest } from './support/project-rules.ts';
import {
  findInexactVersions,
  findLeaks,
  findUndecidedPackages,
  findWrongReferences,
} from './support/project-rules.ts';
import {
  findLongFiles,
  findLongFunctions,
  findSkippedTests,
  findUndocumented,
  findUnfinished,
  findVagueNames,
} from './support/shape-rules.ts';
import { parseSource, readTextFiles } from './support/source-tree.ts';

const files = readTextFiles();
const sources = files
  .filter((file) => /^(?:src|test|bench|demo)\/.*\.tsx?$/.test(file.path))
  .map((file) => parseSource(file.path, file.text));
const program = sources.filter((source) => source.path.startsWith('src/'));
const tests = sources.filter((source) => source.path.startsWith('test/'));
const manifest = JSON.parse(
  files.find((file) => file.path === 'package.json')?.text ?? '{}',
) as PackageManifest;

function assertNone(findings: readonly string[]): void {
  assert.equal(findings.length, 0, `\n${findings.join('\n')}`);
}

test('there are sources to check', () => {
  assert.ok(program.length > 0);
  assert.ok(tests.length > 0);
});

test('each layer imports only what the table of layers allows', () => {
  const runtime = Object.keys(manifest.dependencies);
  const development = Object.keys(manifest.devDependencies);
  assertNone(findForbiddenImports(sources, { runtime, development }));
});

test("TypeScript's references follow the table of layers", () => {
  assertNone(findWrongReferences(files.filter((file) => file.path.endsWith('tsconfig.json'))));
});

test('no imports go in a circle', () => {
  assertNone(findCycles(sources));
});

test('no file only hands on what others export', () => {
  assertNone(findBarrels(sources));
});

test('every file of core and codec has a unit test', () => {
  assertNone(findUntested(sources));
});

test('no file is too long', () => {
  assertNone(findLongFiles(sources));
});

test('no function of the program is too long', () => {
  assertNone(findLongFunctions(program));
});

test('every file opens with a sentence on its job', () => {
  assertNone(findUndocumented(program));
});

test('every file has a name that says something', () => {
  assertNone(findVagueNames(sources));
});

test('no test is narrowed, skipped or put off', () => {
  assertNone(findSkippedTests(tests));
});

test('no work is put off in the program', () => {
  assertNone(findUnfinished(program));
});

test('package.json pins exact versions', () => {
  assertNone(findInexactVersions(manifest));
});

test('every package that ships has its reason in docs/decisions', () => {
  assertNone(
    findUndecidedPackages(
      manifest,
      files.filter((file) => file.path.startsWith('docs/decisions/')),
    ),
  );
});

test('nothing tells where the program was written', () => {
  assertNone(findLeaks(files));
});
