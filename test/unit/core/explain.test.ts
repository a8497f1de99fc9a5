/** Words: every action and every reason to wait is one line with its figures in it. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Action, WaitReason } from '../../../src/core/action.ts';
import { asByteString, bytesOfText } from '../../../src/core/bytes.ts';
import { explainAction, explainSpace, explainWait, nameOf } from '../../../src/core/explain.ts';
import {
  downloads,
  gibibyte,
  infohashOf,
  makeDuty,
  makeFailure,
  makeManaged,
  makeMetainfo,
  makeReceipt,
  mebibyte,
  nowMs,
} from '../../support/world.ts';

const metainfo = makeMetainfo({ name: 'album', files: [3 * gibibyte, 512 * mebibyte, 7] });
const managed = makeManaged(metainfo);
const two = metainfo.files.slice(0, 2);
const receipts = [makeReceipt(metainfo, 0), makeReceipt(metainfo, 1)];
/** A path that would break the line and turn it round. */
const trick = bytesOfText('a\nb\u202e/c');
const shownTrick = 'a\\x0ab\\xe2\\x80\\xae/c';
const unseen = { reason: 'no answer in 20 s', remedy: 'start it' };

/** A kind of action that has no row here does not compile. */
const actions: { readonly [Kind in Action['kind']]: readonly [Extract<Action, { kind: Kind }>, RegExp] } = {
  load: [
    { kind: 'load', managed, directory: downloads, reservedBytes: 1.5 * gibibyte, uploadedBytes: 0 },
    /1\.5 GiB/,
  ],
  select: [
    {
      kind: 'select',
      managed,
      directory: downloads,
      files: [0, 1],
      reservedBytes: 4 * gibibyte,
      uploadedBytes: 0,
    },
    /2 files of 3.*4\.0 GiB/,
  ],
  extend: [
    { kind: 'extend', managed, directory: downloads, files: [1, 2], reservedBytes: 9 },
    /2 files more/,
  ],
  roll: [
    {
      ...{ kind: 'roll', managed, directory: downloads, files: two, heldBytes: 0 },
      ...{ receipts: [makeReceipt(managed.metainfo, 0)], selected: [1], rest: [2] },
      window: { budgetBytes: 1, limitBytes: 1, blockBytes: 1 },
    },
    /delete 1 local file that is proved/,
  ],
  unload: [{ kind: 'unload', managed, directory: downloads }, /keep its data/],
  start: [{ kind: 'start', managed, directory: downloads }, /start it again/],
  'set-aside': [
    {
      kind: 'set-aside',
      managed,
      directory: downloads,
      receivedBytes: 0,
      files: two.slice(0, 1),
      keep: new Set(),
      failure: makeFailure({ step: 'download', message: 'nothing arrived for 3h' }),
    },
    /set it aside for others: nothing arrived for 3h; 1 unfinished file deleted/,
  ],
  tidy: [
    { kind: 'tidy', managed, directory: downloads, files: two.slice(0, 1), keep: new Set() },
    /1 unfinished local file:/,
  ],
  ship: [{ kind: 'ship', managed, directory: downloads, files: two }, /2 files \(3\.5 GiB\)/],
  stream: [
    {
      kind: 'stream',
      managed,
      directory: downloads,
      files: [two[0]!],
      windowBytes: 64 * mebibyte,
      blockBytes: 4096,
      elsewhere: undefined,
    },
    /file-0 \(3\.0 GiB\).*piece by piece, through 64\.0 MiB/,
  ],
  place: [{ kind: 'place', managed, place: trick }, /the remote holds something else/],
  prove: [
    { kind: 'prove', managed, directory: downloads, files: two.slice(0, 1), elsewhere: undefined },
    /1 file \(3\.0 GiB\)/,
  ],
  purge: [
    { kind: 'purge', managed, directory: downloads, receipts, files: two, keep: new Set(), isLoaded: true },
    /2 local files/,
  ],
  retire: [{ kind: 'retire', managed, directory: downloads, receipts }, /\.torrent/],
};

/** A reason to wait that has no row here does not compile. */
const waits: {
  readonly [Kind in WaitReason['kind']]: readonly [Extract<WaitReason, { kind: Kind }>, RegExp];
} = {
  downloading: [{ kind: 'downloading', doneBytes: 999, totalBytes: 1000 }, /99 % of 1000 B/],
  hashing: [{ kind: 'hashing' }, /checking/],
  stalled: [
    { kind: 'stalled', sinceMs: nowMs - 7_200_000, doneBytes: 1, totalBytes: 3 },
    /^nothing has arrived for 2h, at 33 %; it makes way/,
  ],
  paused: [{ kind: 'paused' }, /paused by command; resume/],
  'details-unseen': [{ kind: 'details-unseen' }, /did not tell which pieces/],
  stopped: [{ kind: 'stopped' }, /stopped by hand/],
  'partly-wanted': [{ kind: 'partly-wanted' }, /switched off/],
  ratio: [
    {
      kind: 'ratio',
      ratio: 0.5,
      seededMs: 3_600_000,
      terms: makeDuty({
        requiredRatio: 1.25,
        requiredSeedTimeMs: 86_400_000,
        mostSeedTimeMs: 30 * 86_400_000,
      }),
      isShipped: false,
    },
    /^seeding: ratio 0\.50 of 1\.25, and 1h of 1d; at most 30d$/,
  ],
  space: [{ kind: 'space', needBytes: 4 * gibibyte, roomBytes: gibibyte }, /needs 4\.0 GiB, 1\.0 GiB/],
  'room-kept': [
    { kind: 'room-kept', needBytes: gibibyte, roomBytes: 2 * gibibyte, other: asByteString('large') },
    /needs 1\.0 GiB; of 2\.0 GiB that are left, room is kept for large, which/,
  ],
  'low-diskspace': [
    { kind: 'low-diskspace', needBytes: 4 * gibibyte, roomBytes: gibibyte },
    /needs 4\.0 GiB, 1\.0 GiB is left/,
  ],
  job: [
    { kind: 'job', job: 'ship', doneBytes: gibibyte, totalBytes: 4 * gibibyte },
    /shipped: 25 % of 4\.0 GiB/,
  ],
  'transfer-slot': [{ kind: 'transfer-slot' }, /waits for a transfer/],
  batch: [
    { kind: 'batch', doneBytes: gibibyte, totalBytes: 3 * gibibyte, files: 12 },
    /12 files in parts: 33 % of 3\.0 GiB/,
  ],
  'oversize-turn': [{ kind: 'oversize-turn' }, /too large for the limit/],
  'window-too-small': [
    { kind: 'window-too-small', path: trick, needBytes: 5 * mebibyte + 1, limitBytes: mebibyte },
    /takes 5\.0 MiB; the limit is 1\.0 MiB.*at least 6 MiB/,
  ],
  'private-oversize': [{ kind: 'private-oversize', path: trick }, /no ratio.*oversize_private = yes/],
  'oversize-off': [
    { kind: 'oversize-off', needBytes: 2 * gibibyte, limitBytes: gibibyte },
    /needs 2\.0 GiB.*limit is 1\.0 GiB.*oversize = files or pieces/,
  ],
  'file-too-large': [
    { kind: 'file-too-large', path: trick, needBytes: 5 * gibibyte + 1, limitBytes: gibibyte },
    /needs 5\.0 GiB, the limit is 1\.0 GiB.*5121 MiB/,
  ],
  'path-taken': [{ kind: 'path-taken', path: trick }, /another torrent/],
  'shared-files': [{ kind: 'shared-files', other: trick }, /shares its directory/],
  'place-unknown': [{ kind: 'place-unknown', reported: trick }, /bytes lost/],
  'remote-unseen': [{ kind: 'remote-unseen', ...unseen }, /no answer in 20 s — start it/],
  'remote-conflict': [
    { kind: 'remote-conflict', path: trick, other: infohashOf('other') },
    /was not put there for this torrent/,
  ],
  'rtorrent-unseen': [{ kind: 'rtorrent-unseen', ...unseen }, /no answer in 20 s — start it/],
  'disk-unseen': [{ kind: 'disk-unseen', ...unseen }, /no answer in 20 s — start it/],
  retry: [
    { kind: 'retry', failure: makeFailure({ count: 3, remedy: 'make room there' }) },
    /ship failed 3 times: the remote is full; tried again in 4m — make room there/,
  ],
};

function assertOneLine(text: string, figures: RegExp): void {
  assert.match(text, figures);
  assert.doesNotMatch(text, /[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e]|undefined|NaN|\[object/u);
  assert.ok(text.length > 10 && text === text.trim());
}

describe('explainAction', () => {
  for (const [kind, [action, figures]] of Object.entries(actions)) {
    it(`says in a line what "${kind}" does`, () => {
      const text = explainAction(action);
      assertOneLine(text, figures);
      if ('place' in action) assert.ok(text.includes(shownTrick), text);
    });
  }
});

describe('explainAction of a selection', () => {
  it('counts the files that matter, and no padding', () => {
    const padded = makeManaged(
      makeMetainfo({ files: [mebibyte, { lengthBytes: mebibyte, isPadding: true }, mebibyte] }),
    );
    const action = {
      kind: 'select',
      managed: padded,
      directory: downloads,
      files: [0],
      reservedBytes: 1,
      uploadedBytes: 0,
    } as const;
    assert.match(explainAction(action), /1 file of 2/);
  });
});

describe('explainWait', () => {
  for (const [kind, [reason, figures]] of Object.entries(waits)) {
    it(`says in a line why "${kind}" waits`, () => {
      const text = explainWait(reason, nowMs);
      assertOneLine(text, figures);
      if ('path' in reason || 'reported' in reason || kind === 'shared-files') {
        assert.ok(text.includes(shownTrick), text);
      }
    });
  }

  it('names no remedy where there is none', () => {
    const text = explainWait({ kind: 'disk-unseen', reason: 'gone', remedy: undefined }, nowMs);
    assert.equal(text, 'the disk cannot be seen: gone');
  });

  it('is one line, whatever other programs said', () => {
    const text = 'rsync: a\nb\x1b[2J';
    const failure = makeFailure({ message: text, remedy: text });
    const said = [
      explainWait({ kind: 'retry', failure }, nowMs),
      ...(['remote-unseen', 'rtorrent-unseen', 'disk-unseen'] as const).map((kind) =>
        explainWait({ kind, reason: text, remedy: text }, nowMs),
      ),
    ];
    for (const line of said) assertOneLine(line, /a\\x0ab\\x1b\[2J.* — .*a\\x0ab/);
  });

  it('counts a first failure in words, and does not count below zero', () => {
    const failure = makeFailure({ retryAtMs: nowMs - 5 });
    assert.match(explainWait({ kind: 'retry', failure }, nowMs), /failed once: .*tried again now$/);
  });

  it('says 100 % only of what is whole', () => {
    const percent = (doneBytes: number, totalBytes: number): string =>
      explainWait({ kind: 'downloading', doneBytes, totalBytes }, nowMs);
    assert.match(percent(10 ** 12 - 1, 10 ** 12), /: 99 %/);
    assert.match(percent(10 ** 12, 10 ** 12), /: 100 %/);
    assert.match(percent(0, 0), /: 100 %/);
  });

  it('says what is being proved, and the difference to shipping', () => {
    const job = explainWait({ kind: 'job', job: 'prove', doneBytes: 0, totalBytes: 5 }, nowMs);
    assert.match(job, /being proved: 0 % of 5 B/);
  });
});

describe('explainSpace', () => {
  it('shows every figure, and which limit it is', () => {
    const space = {
      limitBytes: 10 * gibibyte,
      limitedBy: 'space_limit',
      allocatedBytes: 2 * gibibyte,
      promisedBytes: 3 * gibibyte,
      roomBytes: 5 * gibibyte,
      deficitBytes: 0,
      freeBytes: 31 * gibibyte,
      reserveBytes: 0.5 * gibibyte,
    } as const;
    const text = explainSpace(space).join('\n');
    for (const figure of ['10.0 GiB (space_limit)', '2.0 GiB', '3.0 GiB', '5.0 GiB', '31.0 GiB', '512 MiB']) {
      assert.ok(text.includes(figure), text);
    }
    const lines = explainSpace({ ...space, limitedBy: 'filesystem' });
    assert.equal(lines.length, 3);
    assert.match(lines[1] ?? '', /free 5\.0 GiB$/);
    assert.match(lines[2] ?? '', /^filesystem 31\.0 GiB unused, of which 512 MiB is left alone$/);
    for (const line of lines) assertOneLine(line, /GiB/);
    assert.match(lines.join('\n'), /what the filesystem has/);
    const quota = explainSpace({ ...space, limitedBy: 'quota' }).join('\n');
    assert.match(quota, /what your quota leaves, less the reserve/);
    assert.match(quota, /^quota {6}31\.0 GiB unused/m);
  });
});

describe('what is needed and what is left', () => {
  it('never reads the same, however close they are', () => {
    const needBytes = 4 * gibibyte;
    const wait = { kind: 'space', needBytes, roomBytes: needBytes - 4096 } as const;
    assert.equal(explainWait(wait, nowMs), 'needs 4.0 GiB, 4.0 KiB more than is left');
  });
});

describe('nameOf', () => {
  it('is the name, fit to be shown', () => {
    assert.equal(nameOf(makeManaged(makeMetainfo({ name: asByteString('a\x1b[2J\xe9') }))), 'a\\x1b[2J\\xe9');
  });
});
