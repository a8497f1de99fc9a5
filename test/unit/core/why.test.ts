/** Why: one sentence and the facts, for torrents on every part of their way. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asByteString } from '../../../src/core/bytes.ts';
import { etaOf } from '../../../src/core/eta.ts';
import type { Metainfo } from '../../../src/core/metainfo.ts';
import { plan } from '../../../src/core/plan.ts';
import type { Snapshot } from '../../../src/core/snapshot.ts';
import { piecesOf } from '../../../src/core/pieces.ts';
import type { Why } from '../../../src/core/why.ts';
import { whyOf } from '../../../src/core/why.ts';
import {
  downloads,
  gibibyte,
  makeDuty,
  makeFailure,
  makeLocal,
  makeMetainfo,
  makePolicy,
  makeWorld,
  mebibyte,
  nowMs,
} from '../../support/world.ts';

const album = makeMetainfo({ name: 'album', files: [32 * mebibyte, 16 * mebibyte] });
const policy = makePolicy({ duty: makeDuty({ requiredRatio: 1 }), spaceLimitBytes: gibibyte });

function ask(snapshot: Snapshot, { infohash }: Metainfo = album): Why & { readonly text: string } {
  const managed = snapshot.managed.get(infohash);
  assert.ok(managed !== undefined);
  const decided = plan(snapshot, policy);
  const rates = { downBytesPerSecond: mebibyte, shipBytesPerSecond: mebibyte };
  const eta = etaOf(snapshot, decided, policy, rates);
  const why = whyOf(managed, { snapshot, plan: decided, policy, eta });
  return { ...why, text: why.facts.map(({ about, detail }) => `${about}: ${detail}`).join('\n') };
}

test('a torrent that downloads: what it is, what is here, what it may still take, and when it is done', () => {
  const { sentence, text } = ask(
    makeWorld([
      {
        metainfo: album,
        loaded: { completedBytes: 16 * mebibyte, downRateBytesPerSecond: mebibyte },
        local: makeLocal(album, [16 * mebibyte, undefined]),
      },
    ]),
  );
  assert.equal(sentence, 'downloading: 33 % of 48.0 MiB');
  assert.match(text, /^torrent: 48\.0 MiB, 2 files, 3 pieces of 16\.0 MiB, [0-9a-f]{40}$/m);
  assert.match(text, /^rtorrent: downloading, 16\.0 MiB of 48\.0 MiB here, down 1\.0 MiB\/s, up 0 B\/s$/m);
  assert.match(text, /^disk here: 16\.0 MiB allocated, may take 32\.0 MiB more$/m);
  assert.match(text, /^directory: \/downloads/m);
  assert.match(text, /^space: limit 1\.0 GiB, allocated 16\.0 MiB, reserved 32\.0 MiB, free/m);
  assert.match(text, /^proved: 0 of 2 files \(0 B\)$/m);
  assert.match(text, /^place there: album$/m);
  assert.match(text, /^on the remote: in 1m 20s at the earliest$/m);
});

test('one that seeds says what it owes; one that is proved says how much and when', () => {
  const { sentence, text } = ask(
    makeWorld([
      {
        metainfo: album,
        loaded: {
          isComplete: true,
          uploadedBytes: 12 * mebibyte,
          message: asByteString('Tracker: [\x07Failure]'),
        },
        local: makeLocal(album),
        receipts: [0],
      },
    ]),
  );
  assert.match(sentence, /ratio 0\.25 of 1\.00/);
  assert.match(text, /^duty: not done yet: ratio 0\.25 of 1\.00$/m);
  assert.match(text, /^rtorrent says: Tracker: \[\\x07Failure\]$/m);
  assert.match(text, /^proved: 1 of 2 files \(32\.0 MiB\), the last 0s ago$/m);
  assert.match(text, /^on the remote: at a time that cannot be told$/m);
});

test('one that waits says what it needs, its place in the queue, and who is before it', () => {
  const [first, second] = [600, 700].map((size) =>
    makeMetainfo({ name: `t${size}`, files: [size * mebibyte] }),
  ) as [Metainfo, Metainfo];
  const here = makeMetainfo({ name: 'here', files: [900 * mebibyte] });
  const world = makeWorld([
    { metainfo: here, loaded: {}, local: makeLocal(here, [100 * mebibyte]) },
    { metainfo: first },
    { metainfo: second },
  ]);
  const why = ask(world, second);
  assert.match(why.sentence, /needs 700 MiB/);
  assert.match(why.text, /^rtorrent: not loaded$/m);
  assert.match(why.text, /^queue: 2 of 2 that wait for space, after t600$/m);
  assert.match(ask(world, first).text, /^queue: 1 of 2 that wait for space$/m);
});

test('a failure, a job, an intent and a place of its own are told', () => {
  const failed = makeFailure({ remedy: 'make room there' });
  const intents = new Map([
    [
      album.infohash,
      { step: 'purge', directory: downloads, atMs: nowMs - 5000, uploadedBytes: 24 * mebibyte } as const,
    ],
  ]);
  const { text } = ask(
    makeWorld([{ metainfo: album, failure: failed }], {
      ledger: {
        failures: new Map([[album.infohash, failed]]),
        placements: new Map([[album.infohash, asByteString('album.1234')]]),
        intents,
      },
    }),
  );
  assert.match(
    text,
    /^failure: 1m ago: ship failed once: the remote is full; tried again in 4m — make room there$/m,
  );
  assert.match(text, /^place there: album\.1234, since something else has its name$/m);
  assert.match(text, /^last step: purge, 5s ago; remembered until it is loaded again or retired$/m);
  assert.doesNotMatch(text, /next/, 'it rests');
  assert.match(text, /^uploaded: 24\.0 MiB, ratio 0\.50$/m);
  const shipping = ask(
    makeWorld(
      [
        {
          metainfo: album,
          loaded: { isComplete: true, uploadedBytes: 99 * mebibyte },
          local: makeLocal(album),
          jobs: [{ totalBytes: 48 * mebibyte, doneBytes: 24 * mebibyte }],
        },
      ],
      { ledger: { intents } },
    ),
  );
  assert.match(shipping.text, /^under way: ship, 24\.0 MiB of 48\.0 MiB, for 1s$/m);
  assert.doesNotMatch(shipping.text, /^last step/m, 'what is under way is told alone');
});

test('it is told how many pieces rtorrent has, not how many there are', () => {
  const loaded = { mode: asByteString('file'), completedBytes: 32 * mebibyte };
  const { text } = ask(
    makeWorld([{ metainfo: album, loaded, detail: { selected: [1], pieces: [0, 2] }, receipts: [0] }]),
  );
  assert.match(text, /^rtorrent: .*, 2 of 3 pieces, 1 of 2 files wanted now$/m);
});

test('of a streamed file it is told how many pieces are on the remote, not how many there are', () => {
  const pieces = { pieces: piecesOf(album.pieceCount, [1]) };
  const { text } = ask(
    makeWorld([{ metainfo: album }], {
      ledger: { pieces: new Map([[album.infohash, new Map([[0, pieces as never]])]]) },
    }),
  );
  assert.match(text, /^streamed: 1 of 2 pieces of file-0 are on the remote$/m);
});

test('what was not seen is said to be unknown', () => {
  const blind: Snapshot = {
    ...makeWorld([{ metainfo: album }]),
    rtorrent: { seen: false, reason: 'nobody answers' },
    remote: { seen: false, reason: 'no route' },
  };
  const { sentence, text } = ask(blind);
  assert.match(sentence, /rtorrent cannot be seen: nobody answers/);
  assert.match(text, /^space: not known$/m);
  assert.match(text, /^remote: not seen: no route$/m);
});

test('a torrent that goes through a window says what is in flight, fetched, shipped and proved, of how much', () => {
  const stream = {
    windowBytes: 8 * mebibyte,
    arrivingBytes: mebibyte,
    fetchedBytes: 3 * mebibyte,
    sendingBytes: 2 * mebibyte,
  };
  const streamed = ask(
    makeWorld([
      {
        metainfo: album,
        loaded: { mode: asByteString('stream'), completedBytes: 24 * mebibyte },
        jobs: [{ kind: 'stream', files: [0], doneBytes: 20 * mebibyte, stream }],
      },
    ]),
  );
  assert.match(
    streamed.text,
    /^window: 1\.0 MiB in flight, 3\.0 MiB fetched, 2\.0 MiB being shipped, 20\.0 MiB proved, of 48\.0 MiB; 8\.0 MiB at a time$/m,
  );
  const inParts = ask(
    makeWorld([
      {
        metainfo: album,
        loaded: { mode: asByteString('file'), completedBytes: 0 },
        detail: { selected: [1] },
        receipts: [0],
      },
    ]),
  );
  assert.match(
    inParts.text,
    /^window: 16\.0 MiB in flight, 0 B fetched, 0 B being shipped, 32\.0 MiB proved, of 48\.0 MiB; 16\.0 MiB at a time$/m,
  );
});
