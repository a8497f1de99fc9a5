/** The window of a torrent in parts: what is sent, when it is widened, when it rolls, and who has the turn. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Action, WaitReason } from '../../../src/core/action.ts';
import { asByteString } from '../../../src/core/bytes.ts';
import type { Metainfo } from '../../../src/core/metainfo.ts';
import { partsMode } from '../../../src/core/parts.ts';
import { plan } from '../../../src/core/plan.ts';
import type { Policy } from '../../../src/core/policy.ts';
import type { TorrentSpec, WorldSpec } from '../../support/world.ts';
import {
  makeLocal,
  makeMetainfo,
  makePolicy,
  makeReceipts,
  makeWorld,
  mebibyte,
} from '../../support/world.ts';

/** Files of 16 MiB, a piece each. */
function ofFiles(name: string, count: number): Metainfo {
  return makeMetainfo({ name, isMultiFile: true, files: Array<number>(count).fill(16 * mebibyte) });
}

const album = ofFiles('album', 12);
const loaded = { mode: asByteString(partsMode) };
/** Room for six of its files. */
const limit = { spaceLimitBytes: 97 * mebibyte };

type Spec = Omit<TorrentSpec, 'metainfo'>;

/** What the plan says of the album, that is too large. */
function decision(spec: Spec, rest: WorldSpec = {}, policy: Partial<Policy> = limit): Action | WaitReason {
  const world = makeWorld([{ metainfo: album, loaded, ...spec }], rest);
  const { actions, waits } = plan(world, makePolicy(policy));
  const found = actions[0] ?? waits[0]?.reason;
  assert.ok(found !== undefined);
  return found;
}

function filesOf(found: Action | WaitReason): readonly number[] {
  assert.ok('managed' in found && 'files' in found, found.kind);
  return found.files.map((file) => (typeof file === 'number' ? file : file.index));
}

function here(...indices: readonly number[]): Spec {
  return {
    local: makeLocal(
      album,
      album.files.map(({ index, lengthBytes }) => (indices.includes(index) ? lengthBytes : undefined)),
    ),
  };
}

const sixSelected = [0, 1, 2, 3, 4, 5];

describe('what is whole', () => {
  const shipments = new Map([0, 1, 2].map((index) => [asByteString(`album/file-${index}`), album.infohash]));
  const arrived = { remote: { 'album/file-0': 16 * mebibyte }, ledger: { shipments } };

  it('is shipped as soon as it is, in small orders', () => {
    const found = decision({ detail: { pieces: [1, 2], selected: sixSelected } });
    assert.deepEqual([found.kind, filesOf(found)], ['ship', [1]]);
  });

  it('is proved when it has arrived, while the next is sent', () => {
    const receipts = [11];
    const detail = { pieces: [0, 1, 2], selected: sixSelected };
    const shipping = [{ id: 'ship-1', files: [1] }];
    const found = decision({ detail, jobs: shipping, receipts }, arrived);
    assert.deepEqual([found.kind, filesOf(found)], ['prove', [0]]);
  });

  it('is not sent beside what is under way as long as a proof may move the torrent elsewhere', () => {
    const detail = { pieces: [0, 1, 2], selected: sixSelected };
    assert.equal(decision({ detail, jobs: [{ files: [1] }] }, arrived).kind, 'job');
  });

  it('waits for a slot, or for what is under way to end', () => {
    const detail = { pieces: [0, 1], selected: sixSelected };
    const noSlots = { ...limit, maxTransfers: 1 };
    const busy = { metainfo: ofFiles('b', 1), loaded: { isComplete: true }, jobs: [{}] };
    const world = makeWorld([{ metainfo: album, loaded, detail, ...here(...sixSelected) }, busy]);
    const { waits } = plan(world, makePolicy(noSlots));
    assert.equal(waits.find(({ managed }) => managed.metainfo === album)?.reason.kind, 'transfer-slot');
    assert.equal(decision({ detail, jobs: [{ files: [0] }], receipts: [11] }, {}, noSlots).kind, 'job');
  });
});

describe('while it downloads', () => {
  it('waits for its batch where there is no room for more', () => {
    assert.deepEqual(decision({ detail: { selected: sixSelected }, receipts: [5] }), {
      kind: 'batch',
      files: 6,
      doneBytes: 16 * mebibyte,
      totalBytes: 96 * mebibyte,
    });
  });

  it('is told to fetch more as soon as there is room, the first ones, and no more than fit', () => {
    const found = decision({ detail: { selected: [2, 3, 4] } });
    assert.deepEqual([found.kind, filesOf(found)], ['extend', [0, 1, 5]]);
  });

  it('is not widened on credit: what is proved and still here takes its space', () => {
    const spec = { detail: { pieces: [0], selected: sixSelected }, receipts: [0], ...here(0) };
    assert.equal(decision(spec).kind, 'batch');
  });

  it('rolls once much of the window would be fetched anew', () => {
    const selected = sixSelected;
    const one = { detail: { pieces: [0], selected }, receipts: [0], ...here(0) };
    assert.equal(decision(one).kind, 'batch');
    const found = decision({
      detail: { pieces: [0, 1, 2], selected },
      receipts: [0, 1, 2],
      ...here(0, 1, 2),
    });
    assert.ok(found.kind === 'roll', found.kind);
    assert.deepEqual(filesOf(found), [0, 1, 2]);
    assert.deepEqual(found.selected, [3, 4, 5]);
    assert.deepEqual(found.rest, [6, 7, 8, 9, 10, 11]);
    assert.deepEqual(
      found.receipts.map(({ fileIndex }) => fileIndex),
      [0, 1, 2],
    );
  });

  it('rolls beside transfers of its other files', () => {
    const jobs = [{ files: [3] }];
    const detail = { pieces: [0, 1, 2, 3], selected: sixSelected };
    const found = decision({ detail, jobs, receipts: [0, 1, 2], ...here(0, 1, 2, 3) });
    assert.deepEqual([found.kind, filesOf(found)], ['roll', [0, 1, 2]]);
  });
});

describe('once it has run dry', () => {
  const detail = { pieces: sixSelected, selected: sixSelected };
  const jobs = [{ files: [1, 2, 3, 4, 5] }];

  it('rolls for less, but not for every file while much waits to be sent', () => {
    assert.equal(decision({ detail, jobs, receipts: [0], ...here(...sixSelected) }).kind, 'job');
    const two = { detail, jobs: [{ files: [2, 3, 4, 5] }], receipts: [0, 1], ...here(...sixSelected) };
    assert.equal(decision(two).kind, 'roll');
  });

  it('rolls into room that has come up, as an idle torrent is slow to ask for more', () => {
    const found = decision({ detail: { pieces: [0], selected: [0] }, jobs: [{ files: [0] }], ...here(0) });
    assert.deepEqual([found.kind, filesOf(found)], ['roll', []]);
  });

  it('rolls when all of it is proved', () => {
    const found = decision({ detail, receipts: sixSelected, ...here(...sixSelected) });
    assert.deepEqual([found.kind, filesOf(found)], ['roll', sixSelected]);
  });

  it('carries receipts in file order, however the ledger lists them', () => {
    const receipts = new Map([[album.infohash, makeReceipts(album, [5, 4, 3, 2, 1, 0])]]);
    const found = decision({ detail, ...here(...sixSelected) }, { ledger: { receipts } });
    assert.ok(found.kind === 'roll', found.kind);
    assert.deepEqual(
      found.receipts.map(({ fileIndex }) => fileIndex),
      sixSelected,
    );
  });

  it('does not roll at the end of the torrent', () => {
    const receipts = [6, 7, 8, 9, 10, 11, 0];
    assert.equal(decision({ detail, jobs, receipts, ...here(...sixSelected) }).kind, 'job');
  });

  it('never rolls where another torrent lies in its place, and ends with what it has', () => {
    const spec = { detail, receipts: sixSelected, ...here(...sixSelected) };
    const reportedDirectory = asByteString('/downloads/album');
    const other = {
      metainfo: ofFiles('other', 1),
      isManaged: false,
      loaded: { reportedDirectory },
      detail: {},
    };
    const world = makeWorld([{ metainfo: album, loaded, ...spec }, other]);
    const { actions } = plan(world, makePolicy(limit));
    assert.deepEqual(
      actions.map(({ kind }) => kind),
      ['purge'],
    );
  });
});

describe('of several', () => {
  it('only the one with the fewest bytes to go goes on, and the others end with what they have', () => {
    const small = ofFiles('small', 11);
    const spec = { loaded, detail: { selected: [0], pieces: [0] }, receipts: [0] };
    const world = makeWorld([
      { metainfo: album, ...spec },
      { metainfo: small, ...spec },
    ]);
    const { actions } = plan(world, makePolicy(limit));
    assert.deepEqual(
      actions.map(({ managed, kind }) => `${managed.metainfo.name}: ${kind}`),
      ['album: purge', 'small: roll'],
    );
  });
});
