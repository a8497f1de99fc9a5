/** Problems: one short list, each with what, whom, and what to do. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asByteString, bytesOfText } from '../../../src/core/bytes.ts';
import { plan } from '../../../src/core/plan.ts';
import type { Problem } from '../../../src/core/problems.ts';
import { problemsOf } from '../../../src/core/problems.ts';
import type { Snapshot } from '../../../src/core/snapshot.ts';
import {
  gibibyte,
  makeDuty,
  makeFailure,
  makeMetainfo,
  makePolicy,
  makeWorld,
  mebibyte,
  nowMs,
} from '../../support/world.ts';

const [one, two, three] = ['one', 'two', 'three'].map((name, index) =>
  makeMetainfo({ name, files: [(index + 1) * 16 * mebibyte] }),
) as [ReturnType<typeof makeMetainfo>, ReturnType<typeof makeMetainfo>, ReturnType<typeof makeMetainfo>];

function find(snapshot: Snapshot, policy = makePolicy()): readonly Problem[] {
  return problemsOf(snapshot, plan(snapshot, policy));
}

test('the ordinary course of things is no problem', () => {
  const world = makeWorld([
    { metainfo: one, loaded: {} },
    { metainfo: two, loaded: { isComplete: true } },
    { metainfo: makeMetainfo({ name: 'waits', files: [40 * gibibyte] }) },
  ]);
  assert.deepEqual(
    find(world, makePolicy({ duty: makeDuty({ requiredRatio: 1 }), spaceLimitBytes: 60 * gibibyte })),
    [],
  );
});

test('torrents that wait for the same thing are one problem, which names two and counts the rest', () => {
  const stopped = { isStarted: false, isActive: false };
  const world = makeWorld([one, two, three].map((metainfo) => ({ metainfo, loaded: stopped })));
  const [problem, ...others] = find(world);
  assert.deepEqual(others, []);
  assert.equal(problem?.sentence, 'one, two and 1 more: stopped by hand in rtorrent');
  assert.equal(problem.remedy, 'start it there to go on');
  assert.equal(problem.severity, 'warning');
  assert.deepEqual(
    problem.infohashes,
    [one, two, three].map(({ infohash }) => infohash),
  );
  const fewer = makeWorld([one, two].map((metainfo) => ({ metainfo, loaded: stopped })));
  assert.equal(find(fewer)[0]?.sentence, 'one and two: stopped by hand in rtorrent');
  assert.equal(find(fewer)[0]?.id, problem.id, 'it is the same problem while it lasts');
});

test('what cannot be seen is told once, without the names of all that wait for it', () => {
  const unseen = { seen: false, reason: 'no answer in 20 s', remedy: 'start it' } as const;
  for (const torrents of [[], [one, two]]) {
    const world = { ...makeWorld(torrents.map((metainfo) => ({ metainfo }))), rtorrent: unseen };
    const [problem, ...others] = find(world);
    assert.deepEqual(others, []);
    assert.equal(problem?.sentence, 'rtorrent cannot be seen: no answer in 20 s');
    assert.equal(problem.remedy, 'start it');
    assert.equal(problem.severity, 'error');
    assert.equal(problem.id, 'rtorrent-unseen');
    assert.equal(problem.infohashes.length, torrents.length);
  }
});

test('a failure is a warning with its time, and an error once it came three times in a row', () => {
  const failed = (count: number, sinceMs = nowMs - 60_000) =>
    makeFailure({ count, sinceMs, remedy: 'make room there' });
  const fresh = find(makeWorld([{ metainfo: one, failure: failed(1) }]))[0];
  assert.equal(fresh?.severity, 'warning');
  assert.equal(fresh.sentence, 'one: ship failed once: the remote is full; tried again in 4m');
  assert.equal(fresh.remedy, 'make room there');
  assert.equal(fresh.sinceMs, nowMs - 60_000);
  const lasting = find(
    makeWorld([
      { metainfo: one, failure: failed(1, nowMs - 5000) },
      { metainfo: two, failure: failed(3, nowMs - 900_000) },
    ]),
  );
  assert.equal(lasting.length, 1);
  assert.equal(lasting[0]?.severity, 'error');
  assert.equal(
    lasting[0].sentence,
    'one and two: ship failed 3 times: the remote is full; tried again in 4m',
  );
  assert.equal(lasting[0].sinceMs, nowMs - 900_000, 'since the first of all of them');
  assert.equal(lasting[0].id, fresh.id);
});

test('errors come before warnings', () => {
  const tooLarge = makeMetainfo({ name: 'huge', files: [20 * gibibyte] });
  const world = makeWorld([
    { metainfo: one, loaded: { isStarted: false, isActive: false } },
    { metainfo: tooLarge },
  ]);
  const problems = find(world, makePolicy());
  assert.deepEqual(
    problems.map(({ kind, severity }) => [kind, severity]),
    [
      ['file-too-large', 'error'],
      ['stopped', 'warning'],
    ],
  );
  assert.match(problems[0]?.remedy ?? '', /give it at least 2\d GiB/);
});

test('space: a filesystem smaller than the limit, and more promised than there is', () => {
  const world = makeWorld([{ metainfo: one, loaded: {} }], { disk: { freeBytes: 2 * gibibyte } });
  const [short] = find(world);
  assert.equal(short?.kind, 'filesystem-limit');
  assert.match(short.sentence, /less than space_limit: 1\.0 GiB can be used/);
  assert.match(short.remedy ?? '', /space_limit = 1024MiB/);
  const quota = makeWorld([{ metainfo: one, loaded: {} }], {
    disk: { freeBytes: 2 * gibibyte, isQuota: true },
  });
  assert.match(find(quota)[0]?.sentence ?? '', /your quota leaves less than space_limit/);
  const lowered = find(makeWorld([{ metainfo: one, loaded: {} }]), makePolicy({ spaceLimitBytes: mebibyte }));
  assert.deepEqual(
    lowered.map(({ kind }) => kind),
    ['over-limit'],
  );
  assert.match(lowered[0]?.sentence ?? '', /15\.0 MiB more than the limit of 1\.0 MiB/);
});

test('entries that hold no torrent, and what rtorrent complains of, with nothing that could move a cursor', () => {
  const world = {
    ...makeWorld([
      { metainfo: one, loaded: { message: bytesOfText('Tracker: [Timed\nout]') } },
      { metainfo: two, loaded: { message: bytesOfText('Tracker: [Timed\nout]') } },
    ]),
    rejected: [{ path: asByteString('bad\n.torrent'), reason: 'it is empty' }],
  };
  assert.deepEqual(
    find(world).map(({ sentence }) => sentence),
    ['bad\\x0a.torrent is skipped: it is empty', 'one and two: rtorrent says: Tracker: [Timed\\x0aout]'],
  );
});

test('what failed is a problem while it is tried again, and the same one', () => {
  const failure = makeFailure({ sinceMs: nowMs - 7_200_000, count: 2 });
  const complete = { isComplete: true };
  const resting = find(makeWorld([{ metainfo: one, loaded: complete, failure }]))[0];
  const over = { ...failure, retryAtMs: nowMs - 1 };
  const due = find(makeWorld([{ metainfo: one, loaded: complete, failure: over }]))[0];
  const sent = makeWorld([
    { metainfo: one, loaded: complete, failure: over, jobs: [{ kind: 'ship', files: [0] }] },
  ]);
  for (const problem of [due, find(sent)[0]]) {
    assert.ok(problem !== undefined);
    assert.equal(problem.id, resting?.id);
    assert.equal(problem.sinceMs, nowMs - 7_200_000);
    assert.equal(problem.sentence, 'one: ship failed 2 times: the remote is full; tried again now');
  }
  const otherwise = makeWorld([{ metainfo: one, loaded: complete, failure: { ...over, step: 'load' } }]);
  assert.deepEqual(find(otherwise), [], 'what is not done any more lasts no longer');
});

test('one that was set aside is a problem until something arrives', () => {
  const failure = makeFailure({ step: 'download', message: 'nothing arrived for 26h', retryAtMs: nowMs - 1 });
  const [problem] = find(makeWorld([{ metainfo: one, loaded: {}, failure }]));
  assert.equal(problem?.id, 'retry download');
  assert.equal(problem.sentence, 'one: download failed once: nothing arrived for 26h; tried again now');
});

test('it is known since when each lasts: by itself, by what was remembered, or since this look', () => {
  const stopped = { metainfo: one, loaded: { isStarted: false, isActive: false } };
  const since = (
    onset: { sinceMs: number; goneAtMs: number | undefined } | undefined,
  ): number | undefined => {
    const onsets = new Map(onset === undefined ? [] : [[stoppedId, onset] as const]);
    return find(makeWorld([stopped], { ledger: { onsets } }))[0]?.sinceMs;
  };
  const stoppedId = find(makeWorld([stopped]))[0]?.id ?? '';
  assert.equal(since(undefined), nowMs);
  assert.equal(since({ sinceMs: nowMs - 9_000, goneAtMs: undefined }), nowMs - 9_000);
  assert.equal(since({ sinceMs: nowMs - 9_000, goneAtMs: nowMs - 60_000 }), nowMs - 9_000, 'a lull');
  assert.equal(since({ sinceMs: nowMs - 9e7, goneAtMs: nowMs - 8e7 }), nowMs, 'it was over');
});

test('stalls are one problem whose name stays, since nothing arrived', () => {
  const fetching = (metainfo: typeof one) => ({ metainfo, loaded: { receivedBytes: 5 } });
  const at = (hours: number, torrents: readonly (typeof one)[]): Problem | undefined => {
    const mark = { bytes: 5, atMs: nowMs - hours * 3_600_000, processId: 4242 };
    const progress = new Map(torrents.map(({ infohash }) => [infohash, mark]));
    const world = makeWorld(torrents.map(fetching), { ledger: { progress }, view: { processId: 4242 } });
    return find(world, makePolicy({ stallTimeoutMs: 3_600_000 }))[0];
  };
  const single = at(26, [one]);
  assert.match(single?.sentence ?? '', /^one: nothing has arrived for 1d 2h, at 0 %/);
  assert.equal(single?.sinceMs, nowMs - 26 * 3_600_000);
  assert.equal(at(27, [one])?.id, single.id);
  const both = at(26, [one, two]);
  assert.equal(both?.sentence, 'one and two: nothing has arrived for long');
  assert.equal(both.id, single.id);
});
