/** What a crash leaves: the snapshot and the policy, complete enough to make the same plan again; few files, and private. */

import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { after, before, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { CrashRecorder } from '../../../src/cli/crash.ts';
import { plan } from '../../../src/core/plan.ts';
import type { Policy } from '../../../src/core/policy.ts';
import type { Snapshot } from '../../../src/core/snapshot.ts';
import { Monitor } from '../../../src/driver/monitor.ts';
import { makeLocal, makeMetainfo, makePolicy, makeWorld } from '../../support/world.ts';

let directory: string;

before(() => {
  directory = mkdtempSync(`${tmpdir()}/crash-`);
});

after(() => {
  rmSync(directory, { recursive: true });
});

const whole = makeMetainfo({ name: 'whole \xff' });
const parts = makeMetainfo({ name: 'parts', files: [100, 200, 300], pieceLengthBytes: 64 });
const snapshot = makeWorld([
  { metainfo: whole, loaded: { isComplete: true }, local: makeLocal(whole) },
  { metainfo: parts, loaded: {}, detail: { pieces: [0, 1, 5], selected: [0, 2] }, receipts: [1] },
]);
const policy = makePolicy({ mostWaitMs: Number.POSITIVE_INFINITY });

function monitorOf(seen: Snapshot): Monitor {
  const monitor = new Monitor();
  monitor.look(seen, policy);
  return monitor;
}

/** Undoes the forms that collections have in the file. */
function revive(_: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if ('$infinity' in value) return Number.POSITIVE_INFINITY;
  const { $map, $set, $bytes } = value as { $map?: [unknown, unknown][]; $set?: unknown[]; $bytes?: string };
  if ($map !== undefined) return new Map($map);
  if ($set !== undefined) return new Set($set);
  return $bytes === undefined ? value : new Uint8Array(Buffer.from($bytes, 'base64'));
}

test('the plan that is made of what was written down is the same', () => {
  const recorder = new CrashRecorder();
  recorder.follow(monitorOf(snapshot), directory);
  const path = recorder.write(new TypeError('of ours'), new Date(0)) ?? assert.fail('nothing was written');
  assert.equal(path, `${directory}/crash-1970-01-01T00-00-00.000Z.json.gz`);
  const written = JSON.parse(gunzipSync(readFileSync(path)).toString(), revive) as {
    error: string;
    snapshot: Snapshot;
    policy: Policy;
  };
  assert.match(written.error, /^TypeError: of ours\n +at /);
  assert.deepEqual(plan(written.snapshot, written.policy), plan(snapshot, policy));
  assert.deepEqual(written.policy, policy);
  assert.equal(statSync(path).mode & 0o777, 0o600);
});

test('only the newest five are kept, and nothing else is touched', () => {
  const recorder = new CrashRecorder();
  recorder.follow(monitorOf(snapshot), directory);
  writeFileSync(`${directory}/crash-notes.txt`, '');
  for (let day = 1; day <= 9; day += 1) recorder.write('no error', new Date(day * 86_400_000));
  const names = readdirSync(directory).sort();
  assert.deepEqual(
    names.map((name) => name.slice(0, 16)),
    [
      'crash-1970-01-06',
      'crash-1970-01-07',
      'crash-1970-01-08',
      'crash-1970-01-09',
      'crash-1970-01-10',
      'crash-notes.txt',
    ],
  );
});

test('where nothing was seen yet, or nothing can be written, there is no file and no further trouble', () => {
  const recorder = new CrashRecorder();
  assert.equal(recorder.write(new Error('early'), new Date(0)), undefined);
  recorder.follow(new Monitor(), directory);
  assert.equal(recorder.write(new Error('early'), new Date(0)), undefined);
  recorder.follow(monitorOf(snapshot), '/dev/null/nowhere');
  assert.equal(recorder.write(new Error('late'), new Date(0)), undefined);
});
