/** Which problems come into the log, and how. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { News } from '../../../src/core/news.ts';
import type { ProblemKind } from '../../../src/core/problems.ts';
import type { Log } from '../../../src/cli/report/log.ts';
import { problemLog } from '../../../src/cli/report/problem-log.ts';
import { nowMs } from '../../support/world.ts';

async function linesOf(problem: ProblemKind, severity: News['severity']): Promise<readonly unknown[]> {
  const lines: unknown[] = [];
  const write =
    (level: string) =>
    (message: string, fields: object): void => {
      lines.push([level, message, fields]);
    };
  const log = { error: write('error'), warn: write('warn') } as unknown as Log;
  const news = { kind: 'problem', atMs: nowMs, sentence: 'it is skipped', remedy: 'replace it' } as const;
  const { signal } = new AbortController();
  await problemLog(log).port.send({ ...news, problem, severity }, signal);
  return lines;
}

test('a problem is a line with its level, its kind, and its fix', async () => {
  const fields = { detail: 'it is skipped', remedy: 'replace it' };
  assert.deepEqual(await linesOf('rejected', 'warning'), [
    ['warn', 'problem', { problem: 'rejected', ...fields }],
  ]);
  assert.deepEqual(await linesOf('file-too-large', 'error'), [
    ['error', 'problem', { problem: 'file-too-large', ...fields }],
  ]);
});

test('what the log says in another way is not said twice', async () => {
  for (const kind of ['rtorrent-unseen', 'remote-unseen', 'host-unseen', 'retry'] as const) {
    assert.deepEqual(await linesOf(kind, 'error'), [], kind);
  }
});
