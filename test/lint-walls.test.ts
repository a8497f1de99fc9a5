/** Every wall of the lint configuration stands: each is shown a file that runs into it, under the path that it guards. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ESLint } from 'eslint';
import tseslint from 'typescript-eslint';
import { checkout } from './support/source-tree.ts';

/** Without types: the walls need none, and the files do not exist. */
const eslint = new ESLint({ cwd: checkout, overrideConfig: [tseslint.configs.disableTypeChecked] });

/** What lint says to a file of that text at that path, rule by rule. */
async function findingsOf(path: string, text: string): Promise<readonly string[]> {
  const [result] = await eslint.lintText(text, { filePath: path });
  return (result?.messages ?? []).map((message) => `${message.ruleId ?? 'parser'}: ${message.message}`);
}

const broken: readonly (readonly [path: string, text: string, finding: RegExp])[] = [
  ['src/core/a.ts', "import { b } from '../codec/b.ts';\nb();", /core is the thinking/i],
  ['src/core/deep/a.ts', "import { b } from '../../driver/b.ts';\nb();", /core is the thinking/i],
  ['src/core/a.ts', "import { readFileSync } from 'node:fs';\nreadFileSync('');", /core is the thinking/i],
  ['src/core/a.ts', "import { execa } from 'execa';\nexeca``;", /core is the thinking/i],
  ['src/core/a.ts', "import { b } from '../../test/sim/b.ts';\nb();", /core is the thinking/i],
  ['src/core/a.ts', 'export const a = Date.now();', /Time comes in/],
  ['src/core/a.ts', 'export const a = new Date();', /Time comes in/],
  ['src/core/a.ts', 'export const a = Math.random();', /Chance comes in/],
  ['src/core/a.ts', 'export const a = Promise.resolve();', /core is the thinking/i],
  ['src/core/a.ts', 'export type A = Promise<void>;', /no promises/],
  ['src/core/a.ts', 'export async function a(): A {}', /synchronous/],
  ['src/core/a.ts', 'export const a = async (): A => {};', /synchronous/],
  ['src/core/a.ts', 'export const a = process.pid;', /core is the thinking/i],
  ['src/core/a.ts', 'export const a = Buffer.alloc(1);', /core is the thinking/i],
  ['src/core/a.ts', 'setTimeout(() => 1, 1);', /core is the thinking/i],
  ['src/core/a.ts', "export const a = 'b'.localeCompare('c');", /locale/],
  ['src/codec/a.ts', "import type { B } from '../ports/b.ts';\nexport type A = B;", /codec turns bytes/i],
  ['src/codec/a.ts', 'export const a = Math.random();', /Chance comes in/],
  ['src/ports/a.ts', "import type { B } from '../codec/b.ts';\nexport type A = B;", /contracts alone/],
  ['src/ports/a.ts', 'export const a = 1;', /contracts alone/],
  ['src/ports/a.ts', 'export function a(): void {}', /contracts alone/],
  ['src/ports/a.ts', 'export class A {}', /contracts alone/],
  ['src/ports/a.ts', "import { b } from '../core/b.ts';\nexport type A = typeof b;", /import types only/],
  ['src/driver/a.ts', "import { b } from '../adapters/b.ts';\nb();", /through the ports only/],
  ['src/driver/a.ts', "import 'node:timers/promises';", /through the ports only/],
  ['src/driver/a.ts', 'export const a = Date.now();', /Time comes in/],
  ['src/driver/a.ts', 'setTimeout(() => 1, 1);', /through the ports only/],
  ['src/adapters/a.ts', "import { b } from '../driver/b.ts';\nb();", /decide nothing/],
  ['src/adapters/a.ts', "import { b } from '../cli/b.ts';\nb();", /decide nothing/],
  ['src/adapters/a.ts', "import { b } from '../dashboard/b.ts';\nb();", /decide nothing/],
  ['src/adapters/a.ts', "console.log('a');", /no-console/],
  ['src/adapters/a.ts', 'export const a = process.env;', /Only the command line/],
  ['src/dashboard/a.ts', "import { b } from '../adapters/b.ts';\nb();", /the dashboard shows/i],
  [
    'src/dashboard/a.ts',
    "import type { B } from '../ports/b.ts';\nexport type A = B;",
    /the dashboard shows/i,
  ],
  ['src/cli/a.ts', "import { b } from '../../test/support/b.ts';\nb();", /Tests are no part/],
  ['src/cli/a.ts', 'export default 1;', /Export by name/],
  ['src/cli/a.ts', 'enum A { B }', /type stripping/],
  ['src/cli/a.ts', 'namespace A { export const b = 1; }', /type stripping/],
  ['src/cli/a.ts', 'class A { constructor(private b: number) {} }', /type stripping/],
  ['src/cli/a.ts', '@a class A {}', /decorators/],
  ['src/cli/a.ts', "export * from './b.ts';", /barrels/],
  ['src/cli/a.ts', 'export const a = (err: number): number => err;', /id-denylist/],
  ['src/cli/a.ts', '// a\n'.repeat(351), /max-lines/],
  ['src/cli/a.ts', `export function a(): void {\n${'b();\n'.repeat(70)}}`, /max-lines-per-function/],
  ['src/cli/a.ts', "import { B } from './b.ts';\nexport type A = B;", /consistent-type-imports/],
  ['src/dashboard/a.ts', "import { createServer } from 'node:http';\ncreateServer();", /second HTTP client/],
  ['test/sim/a.ts', "import { b } from '../../src/adapters/b.ts';\nb();", /prove nothing/],
  ['test/sim/a.ts', "import { b } from '../contract/b.ts';\nb();", /prove nothing/],
  ['test/support/a.ts', "import { b } from '../../src/adapters/b.ts';\nb();", /support serves every kind/i],
];

describe('lint stops', () => {
  for (const [path, text, finding] of broken) {
    test(`${path}: ${text.slice(0, 60).replaceAll('\n', ' ')}`, async () => {
      assert.match((await findingsOf(path, text)).join('\n'), finding);
    });
  }
});

const fine: readonly (readonly [path: string, text: string])[] = [
  ['src/core/a.ts', "import { b } from './b.ts';\nexport const a = (): Date => new Date(b);"],
  ['src/codec/a.ts', "import { b } from '../core/b.ts';\nexport const a = b;"],
  ['src/ports/a.ts', "import type { B } from '../core/b.ts';\nexport interface A {\n  b(): Promise<B>;\n}"],
  ['src/ports/a.ts', 'declare const a: unique symbol;\nexport type A = string & { readonly [a]: true };'],
  [
    'src/driver/a.ts',
    "import type { B } from '../ports/b.ts';\nexport const a = async (b: B): Promise<B> => b;",
  ],
  ['src/adapters/a.ts', "import 'node:fs';\nimport { execa } from 'execa';\nexport const a = execa;"],
  [
    'src/dashboard/a.ts',
    "import type { Server } from 'node:http';\nimport { b } from '../driver/b.ts';\nexport const a: Server = b;",
  ],
  ['src/cli/a.ts', "import { b } from '../adapters/b.ts';\nconsole.log(process.env, b);"],
  ['test/sim/a.ts', "import { b } from '../../src/driver/b.ts';\nimport '../support/c.ts';\nb();"],
  ['test/contract/a.test.ts', "import { b } from '../../src/adapters/b.ts';\nimport '../sim/c.ts';\nb();"],
  ['test/a.test.ts', "import { test } from 'node:test';\ntest('a', () => undefined);\nexport default 1;"],
];

describe('lint lets through', () => {
  for (const [path, text] of fine) {
    test(`${path}: ${text.slice(0, 60).replaceAll('\n', ' ')}`, async () => {
      assert.deepEqual(await findingsOf(path, text), []);
    });
  }
});
