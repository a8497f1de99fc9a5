/** Whoever plans is told as soon as another job may begin: when one ends, and when a transfer has nothing more to send. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Outcome } from '../../../src/core/action.ts';
import { Fault } from '../../../src/core/fault.ts';
import type { Job } from '../../../src/core/snapshot.ts';
import { Jobs } from '../../../src/driver/jobs.ts';
import type { Watch } from '../../../src/driver/transfer.ts';
import { downloads, makeManaged, makeMetainfo } from '../../support/world.ts';

const metainfo = makeMetainfo({ files: [100] });
const managed = makeManaged(metainfo);
const action = { managed, directory: downloads, files: metainfo.files } as const;
const done: Outcome = { kind: 'done', detail: '' };

for (const [kind, told] of [
  ['ship', ['50', '100 room', '100', 'end room']],
  ['prove', ['50', '100', '100', 'end room']],
] as const) {
  test(`${kind}: ${told.join(', ')}`, async () => {
    const seen: string[] = [];
    const jobs = new Jobs(
      () => seen.push(`${seen.pop() ?? ''} room`),
      () => 0,
    );
    jobs.start(
      kind === 'ship' ? { ...action, kind } : { ...action, kind, elsewhere: undefined },
      0,
      async ({ onProgress }) => {
        await Promise.resolve();
        for (const bytes of [50, 100, 120]) onProgress(bytes);
        return done;
      },
      async () => {
        seen.push('end');
        await Promise.resolve();
      },
      ({ doneBytes }) => seen.push(String(doneBytes)),
    );
    await jobs.stop();
    assert.deepEqual(seen, told);
  });
}

test('what runs beside is waited for; its faults do not matter, its mistakes do', async () => {
  const jobs = new Jobs(
    () => undefined,
    () => 0,
  );
  let isOver = false;
  jobs.beside(
    Promise.resolve().then(() => {
      isOver = true;
      throw new Fault('unreachable', 'no route to host');
    }),
  );
  await jobs.stop();
  assert.ok(isOver);
  jobs.beside(Promise.reject(new TypeError('a mistake')));
  await assert.rejects(jobs.stop(), TypeError);
});

test('the window of a stream grows at once, falls when the stream says so, and is gone when nothing more comes in', async () => {
  let rooms = 0;
  const jobs = new Jobs(
    () => (rooms += 1),
    () => 0,
  );
  const stream = { ...action, kind: 'stream', files: [metainfo.files[0]!], windowBytes: 20 } as const;
  const held = (): unknown => jobs.list()[0]?.stream?.windowBytes;
  let watch: Watch | undefined;
  let end: (outcome: Outcome) => void = () => undefined;
  jobs.start(
    { ...stream, blockBytes: 1, elsewhere: undefined },
    0,
    async (given) => {
      watch = given;
      return await new Promise((resolve) => (end = resolve));
    },
    async () => undefined,
    () => undefined,
  );
  const say = (windowBytes: number): void =>
    watch?.onProgress(0, { windowBytes, arrivingBytes: 0, fetchedBytes: 0, sendingBytes: 0 });
  const [{ id }] = jobs.list() as [Job];
  assert.deepEqual([held(), watch?.windowBytes()], [20, undefined]);
  jobs.resize(id, 30);
  assert.deepEqual([held(), watch?.windowBytes()], [30, 30]);
  jobs.resize(id, 10);
  assert.deepEqual([held(), watch?.windowBytes()], [30, 10]);
  say(10);
  assert.equal(held(), 10);
  assert.equal(rooms, 0);
  say(0);
  assert.equal(rooms, 1);
  jobs.resize(id, 40);
  assert.deepEqual([held(), watch?.windowBytes()], [0, 10]);
  end(done);
  await jobs.stop();
});
