/** Streaming: which file goes through which window, and why one waits instead. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { asByteString } from '../../../src/core/bytes.ts';
import type { Metainfo } from '../../../src/core/metainfo.ts';
import { piecesOf } from '../../../src/core/pieces.ts';
import { plan } from '../../../src/core/plan.ts';
import type { Policy } from '../../../src/core/policy.ts';
import { leastWindowBytes } from '../../../src/core/stream-rate.ts';
import type { TorrentSpec, WorldSpec } from '../../support/world.ts';
import { blockBytes, makeLocal, makeMetainfo, makePolicy, makeWorld, mebibyte } from '../../support/world.ts';

const pieceLengthBytes = mebibyte;
const huge = makeMetainfo({ name: 'huge', pieceLengthBytes, files: [500 * mebibyte, 400 * mebibyte] });
const least = leastWindowBytes(pieceLengthBytes, blockBytes);

function policyOf(limitMebibytes: number, overrides: Partial<Policy> = {}): Policy {
  return makePolicy({ spaceLimitBytes: limitMebibytes * mebibyte, oversize: 'pieces', ...overrides });
}

function decide(policy: Policy, torrents: readonly TorrentSpec[], spec: WorldSpec = {}): readonly unknown[] {
  const { actions, waits } = plan(makeWorld(torrents, spec), policy);
  return [
    ...actions.map((action) => {
      const files = 'files' in action ? action.files : [];
      const indices = files.map((file) => (typeof file === 'number' ? file : file.index));
      const windowBytes = action.kind === 'stream' ? action.windowBytes / mebibyte : undefined;
      return [action.managed.metainfo.name, action.kind, indices, windowBytes];
    }),
    ...waits.map(({ managed, reason }) => [managed.metainfo.name, reason.kind]),
  ];
}

describe('a file that is larger than the limit', () => {
  it('is streamed, the smallest first, through all that the others leave', () => {
    assert.deepEqual(decide(policyOf(64), [{ metainfo: huge }]), [['huge', 'stream', [1], 64]]);
  });

  it('is streamed after the files that fit', () => {
    const mixed = makeMetainfo({ name: 'mixed', pieceLengthBytes, files: [500 * mebibyte, 16 * mebibyte] });
    assert.deepEqual(decide(policyOf(64), [{ metainfo: mixed }]), [['mixed', 'select', [1], undefined]]);
    const afterwards = decide(policyOf(64), [{ metainfo: mixed, receipts: [1] }]);
    assert.deepEqual(afterwards, [['mixed', 'stream', [0], 64]]);
  });

  it('is streamed to its end once it was begun, whatever fits now', () => {
    const pieces = { pieces: piecesOf(huge.pieceCount, [3]), partDigests: new Map<number, string>() };
    const ledger = { pieces: new Map([[huge.infohash, new Map([[0, pieces]])]]) };
    for (const limit of [64, 2_000]) {
      const [decision] = decide(policyOf(limit), [{ metainfo: huge }], { ledger });
      assert.deepEqual((decision as unknown[]).slice(0, 3), ['huge', 'stream', [0]]);
    }
  });

  it('waits where its pieces have no room either, or have none now', () => {
    const limit = least / mebibyte;
    assert.deepEqual(decide(policyOf(limit), [{ metainfo: huge }]), [['huge', 'stream', [1], limit]]);
    assert.deepEqual(decide(policyOf(limit - 1), [{ metainfo: huge }]), [['huge', 'window-too-small']]);
    const other = makeMetainfo({ name: 'other', pieceLengthBytes, files: [32 * mebibyte] });
    const busy = { metainfo: other, loaded: { isComplete: false } };
    assert.deepEqual(decide(policyOf(36), [{ metainfo: huge }, busy]), [
      ['other', 'downloading'],
      ['huge', 'space'],
    ]);
  });

  it('has what stands in the way of its window tidied', () => {
    const local = makeLocal(huge, [60 * mebibyte, 10 * mebibyte]);
    assert.deepEqual(decide(policyOf(64), [{ metainfo: huge, local }]), [['huge', 'tidy', [0], undefined]]);
  });

  it('waits for the word of the user, where that is asked for', () => {
    assert.deepEqual(decide(policyOf(64, { oversize: 'files' }), [{ metainfo: huge }]), [
      ['huge', 'file-too-large'],
    ]);
    assert.deepEqual(decide(policyOf(64, { oversize: 'off' }), [{ metainfo: huge }]), [
      ['huge', 'oversize-off'],
    ]);
    const secret: Metainfo = { ...huge, isPrivate: true };
    assert.deepEqual(decide(policyOf(64), [{ metainfo: secret }]), [['huge', 'private-oversize']]);
    const [allowed] = decide(policyOf(64, { oversizePrivate: true }), [{ metainfo: secret }]);
    assert.deepEqual(allowed, ['huge', 'stream', [1], 64]);
  });

  it('is taken out of rtorrent where nobody streams it any more, before anything else', () => {
    const loaded = { mode: asByteString('stream'), isActive: false };
    assert.deepEqual(decide(policyOf(64), [{ metainfo: huge, loaded }]), [['huge', 'unload', [], undefined]]);
    const receipts = [0, 1];
    assert.deepEqual(decide(policyOf(64), [{ metainfo: huge, loaded, receipts }]), [
      ['huge', 'unload', [], undefined],
    ]);
  });
});

describe('a stream under way', () => {
  const stream = { windowBytes: 40 * mebibyte, arrivingBytes: 0, fetchedBytes: 0, sendingBytes: 0 };
  const jobs = [{ kind: 'stream', files: [1], stream }] as const;
  const loaded = { mode: asByteString('stream'), isActive: true };
  const under = { metainfo: huge, loaded, jobs };

  it('holds its window and its turn, and leaves the rest to others', () => {
    const second = makeMetainfo({ name: 'second', pieceLengthBytes, files: [600 * mebibyte] });
    const small = makeMetainfo({ name: 'small', pieceLengthBytes, files: [20 * mebibyte] });
    const torrents = [under, { metainfo: second }, { metainfo: small }];
    assert.deepEqual(decide(policyOf(64), torrents), [
      ['small', 'load', [], undefined],
      ['huge', 'job'],
      ['second', 'oversize-turn'],
    ]);
    assert.deepEqual(decide(policyOf(100), torrents).slice(1), [
      ['huge', 'job'],
      ['second', 'oversize-turn'],
    ]);
  });

  it('gives its turn and its space away while the remote reads all of it, to one stream more', () => {
    const ended = { ...under, jobs: [{ ...jobs[0], stream: { ...stream, windowBytes: 0 } }] };
    const second = makeMetainfo({ name: 'second', pieceLengthBytes, files: [600 * mebibyte] });
    assert.deepEqual(decide(policyOf(64), [ended, { metainfo: second }]), [
      ['second', 'stream', [0], 64],
      ['huge', 'job'],
    ]);
    const third = makeMetainfo({ name: 'third', pieceLengthBytes, files: [700 * mebibyte] });
    const both = [ended, { ...ended, metainfo: second }, { metainfo: third }];
    assert.deepEqual(decide(policyOf(64), both), [
      ['second', 'job'],
      ['huge', 'job'],
      ['third', 'transfer-slot'],
    ]);
  });
});
