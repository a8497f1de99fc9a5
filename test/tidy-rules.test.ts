/** Every tidy rule can fail: each is shown a small checkout that breaks it, and one that keeps it. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { findBarrels, findCycles, findForbiddenImports, findUntested } from './support/import-rules.ts';
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
import { parseSource } from './support/source-tree.ts';

const packages = { runtime: ['execa'], development: ['eslint'] };

function forbidden(path: string, text: string): readonly string[] {
  return findForbiddenImports([parseSource(path, text)], packages);
}

function cycles(files: Readonly<Record<string, string>>): readonly string[] {
  return findCycles(Object.entries(files).map(([path, text]) => parseSource(path, text)));
}

describe('the walls between layers', () => {
  const broken: readonly (readonly [string, string])[] = [
    ['src/core/a.ts', "import { b } from '../codec/b.ts';"],
    ['src/core/a.ts', "import type { Stats } from 'node:fs';"],
    ['src/core/a.ts', "import { execa } from 'execa';"],
    ['src/core/deep/a.ts', "export { b } from '../../ports/b.ts';"],
    ['src/core/a.ts', "const b = await import('../driver/b.ts');"],
    ['src/core/a.ts', 'const b = await import(name);'],
    ['src/core/a.ts', "type B = import('../driver/b.ts').B;"],
    ['src/codec/a.ts', "import type { B } from '../ports/b.ts';"],
    ['src/codec/a.ts', "import { createHash } from 'crypto';"],
    ['src/ports/a.ts', "import type { B } from '../codec/b.ts';"],
    ['src/adapters/a.ts', "import { b } from '../driver/b.ts';"],
    ['src/adapters/a.ts', "import { b } from '../dashboard/b.ts';"],
    ['src/adapters/a.ts', "import { b } from '../cli/b.ts';"],
    ['src/adapters/a.ts', "import { ESLint } from 'eslint';"],
    ['src/adapters/a.ts', "import { b } from 'never-listed';"],
    ['src/adapters/a.ts', "import { readFile } from 'fs/promises';"],
    ['src/driver/a.ts', "import { b } from '../adapters/b.ts';"],
    ['src/driver/a.ts', "import { setTimeout } from 'node:timers/promises';"],
    ['src/dashboard/a.ts', "import { b } from '../adapters/b.ts';"],
    ['src/dashboard/a.ts', "import type { B } from '../ports/b.ts';"],
    ['src/cli/a.ts', "import { b } from '../../test/support/b.ts';"],
    ['src/cli/a.ts', "import manifest from '../../package.json' with { type: 'json' };"],
    ['test/sim/a.ts', "import { b } from '../../src/adapters/b.ts';"],
    ['test/sim/a.ts', "import { b } from '../contract/b.ts';"],
    ['test/support/a.ts', "import { b } from '../../src/adapters/b.ts';"],
    ['test/unit/core/a.test.ts', "import { b } from '../../../bench/b.ts';"],
    ['src/elsewhere/a.ts', ''],
  ];
  for (const [path, text] of broken) {
    test(`stop ${path}: ${text}`, () => {
      assert.equal(forbidden(path, text).length, 1);
    });
  }

  test('give the reason', () => {
    assert.match(forbidden('src/core/a.ts', "import 'node:fs';").join(''), /node:fs: core is the thinking/);
  });

  test('let through what the table allows', () => {
    assert.deepEqual(
      [
        ...forbidden('src/core/a.ts', "import { b } from './b.ts'; import './deep/c.ts';"),
        ...forbidden('src/codec/a.ts', "import { b } from '../core/b.ts';"),
        ...forbidden('src/adapters/a.ts', "import { execa } from 'execa'; import 'node:fs';"),
        ...forbidden('src/driver/a.ts', "import type { B } from '../ports/b.ts';"),
        ...forbidden('src/cli/a.ts', "import '../adapters/b.ts'; import '../dashboard/b.ts';"),
        ...forbidden('test/sim/a.ts', "import '../../src/driver/b.ts'; import '../support/b.ts';"),
        ...forbidden('test/contract/a.test.ts', "import '../../src/adapters/b.ts'; import '../sim/b.ts';"),
      ],
      [],
    );
  });
});

describe("TypeScript's references", () => {
  const root = { path: 'tsconfig.json', text: '{ "references": [{ "path": "src/core" }] }' };

  test('may not cross a wall', () => {
    const text = '{ "references": [{ "path": "../adapters" }] }';
    assert.match(
      findWrongReferences([root, { path: 'src/core/tsconfig.json', text }]).join(),
      /src\/adapters/,
    );
  });

  test("may not bring Node's types into a pure layer", () => {
    const text = '{ "compilerOptions": { "types": ["node"] } }';
    assert.match(
      findWrongReferences([root, { path: 'src/core/tsconfig.json', text }]).join(),
      /Node's types/,
    );
  });

  test('must be built from the root', () => {
    const text = '{ "references": [{ "path": "../core" }] }';
    assert.match(
      findWrongReferences([root, { path: 'src/codec/tsconfig.json', text }]).join(),
      /does not build/,
    );
  });

  test('that follow the table are fine', () => {
    const text = '{ "references": [] /* none */ }';
    assert.deepEqual(findWrongReferences([root, { path: 'src/core/tsconfig.json', text }]), []);
  });
});

test('circles of imports are found, of types too, each once', () => {
  const found = cycles({
    'src/core/a.ts': "import { b } from './b.ts';",
    'src/core/b.ts': "import type { C } from './c.ts';",
    'src/core/c.ts': "import type { A } from './a.ts'; import './d.ts';",
    'src/core/d.ts': '',
  });
  assert.deepEqual(found, ['src/core/a.ts → src/core/b.ts → src/core/c.ts → src/core/a.ts']);
  assert.equal(cycles({ 'src/core/a.ts': "import './a.ts';" }).length, 1);
  assert.deepEqual(cycles({ 'a.ts': "import './b.ts'; import './c.ts';", 'b.ts': "import './c.ts';" }), []);
});

test('barrels are found', () => {
  const barrels = ["export * from './b.ts';", "import { b } from './b.ts'; export { b };"];
  for (const text of barrels) assert.equal(findBarrels([parseSource('src/core/a.ts', text)]).length, 1);
  const fine = [
    'const a = 1; export { a };',
    "import './b.ts';",
    "export { b } from './b.ts'; export type A = 1;",
  ];
  for (const text of fine) assert.deepEqual(findBarrels([parseSource('src/core/a.ts', text)]), []);
});

test('pure files without a unit test are found', () => {
  const lonely = parseSource('src/codec/deep/a.ts', '');
  assert.match(findUntested([lonely]).join(), /write test\/unit\/codec\/deep\/a\.test\.ts/);
  assert.deepEqual(findUntested([lonely, parseSource('test/unit/codec/deep/a.test.ts', '')]), []);
  const importing = parseSource('test/unit/codec/b.test.ts', "import '../../../src/codec/deep/a.ts';");
  assert.deepEqual(findUntested([lonely, importing]), []);
  assert.equal(
    findUntested([lonely, parseSource('test/sim/a.ts', "import '../../src/codec/deep/a.ts';")]).length,
    1,
  );
});

test('long files are found', () => {
  assert.deepEqual(findLongFiles([{ path: 'a.ts', text: 'a;\n'.repeat(350) }]), []);
  assert.equal(findLongFiles([{ path: 'a.ts', text: 'a;\n'.repeat(351) }]).length, 1);
});

test('long functions are found; blank lines and comments do not count', () => {
  const found = (body: string): number =>
    findLongFunctions([parseSource('a.ts', `export const a = () => {\n${body}};\n`)]).length;
  assert.equal(found('a();\n'.repeat(68)), 0);
  assert.equal(found('a();\n'.repeat(69)), 1);
  assert.equal(found('a();\n\n// why\n/** what */\n'.repeat(68)), 0);
  assert.equal(found(`a(\`${'text\n'.repeat(70)}\`);\n`), 1);
});

test('files that do not open with a doc comment are found', () => {
  for (const text of ['const a = 1;', '// a\n', '/** */\n', '/* a */', "import 'b';\n/** Late. */\n"]) {
    assert.equal(findUndocumented([{ path: 'a.ts', text }]).length, 1, text);
  }
  for (const text of ['/** A. */\n', '/**\n * A.\n */\n', '#!/usr/bin/env node\n/** A. */\n']) {
    assert.deepEqual(findUndocumented([{ path: 'a.ts', text }]), [], text);
  }
});

test('names that say nothing are found', () => {
  for (const path of [
    'src/core/utils.ts',
    'test/helpers/a.ts',
    'src/cli/path-util.ts',
    'common.ts',
    'a/misc.test.ts',
  ]) {
    assert.equal(findVagueNames([{ path, text: '' }]).length, 1, path);
  }
  assert.deepEqual(findVagueNames([{ path: 'src/core/commonest-size.ts', text: '' }]), []);
});

test('marks of work put off are found', () => {
  assert.deepEqual(findUnfinished([{ path: 'a.ts', text: 'a;\n// TO' + 'DO: b\n' }]).length, 1);
  assert.deepEqual(findUnfinished([{ path: 'a.ts', text: '/* FIX' + 'ME */' }]).length, 1);
  assert.deepEqual(findUnfinished([{ path: 'a.ts', text: 'const todos = [];' }]), []);
});

test('narrowed, skipped and put off tests are found', () => {
  const found = (text: string): number => findSkippedTests([parseSource('test/a.test.ts', text)]).length;
  for (const mark of ['only', 'skip', 'todo']) {
    assert.equal(found(`test.${mark}('a', () => {});`), 1);
    assert.equal(found(`describe.${mark}('a', () => {});`), 1);
    assert.equal(found(`test('a', { ${mark}: true }, () => {});`), 1);
  }
  assert.equal(found("test('a', (t) => { t.skip('later'); });"), 1);
  assert.equal(found("test('a', (context) => { context.todo(); });"), 1);
  assert.equal(found("test('a', { skip }, () => {});"), 1);
  assert.equal(found("reader.skip(4); test('a', { timeout: 5 }, () => {});"), 0);
});

test('versions that are not exact are found', () => {
  const inexact = ['^1.2.3', '~1.2.3', '*', '1.2', 'latest', 'file:../a', '>=1.2.3', '1.2.3 || 2.0.0'];
  for (const version of inexact) {
    assert.equal(
      findInexactVersions({ dependencies: { a: version }, devDependencies: {} }).length,
      1,
      version,
    );
    assert.equal(
      findInexactVersions({ dependencies: {}, devDependencies: { a: version } }).length,
      1,
      version,
    );
  }
  const exact = { dependencies: { a: '1.2.3' }, devDependencies: { b: '2.0.0-rc.1' } };
  assert.deepEqual(findInexactVersions(exact), []);
});

test('packages that ship without a reason are found', () => {
  const manifest = { dependencies: { 'string-width': '1.0.0' }, devDependencies: { eslint: '1.0.0' } };
  const decision = (text: string) => [{ path: 'docs/decisions/0001-a.md', text }];
  assert.deepEqual(findUndecidedPackages(manifest, decision('`string-width` counts columns.')), []);
  assert.equal(findUndecidedPackages(manifest, decision('string width, string-width-fast')).length, 1);
});

test('words that tell where the program was written are found', () => {
  const telling = [
    'see /wo' + 'rk/main/src',
    'asked Cla' + 'ude',
    'as the fou' + 'nder said',
    'HOU' + 'SE.md',
  ];
  for (const text of telling) assert.equal(findLeaks([{ path: 'a.md', text }]).length, 1, text);
  const fine = ['~/wo' + 'rk/a', 'a net' + 'work/b', 'ssh-agent', 'rtorrent session', 'housekeeping'];
  for (const text of fine) assert.deepEqual(findLeaks([{ path: 'a.md', text }]), [], text);
});
