/** Standstills and losses that a plan once led to: leftovers in each other's way, places not seen, bytes of names lost. */

import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Plan } from '../../../src/core/action.ts';
import { explainWait } from '../../../src/core/explain.ts';
import { asByteString, bytesOfText } from '../../../src/core/bytes.ts';
import { claimedRoots, isClaimed } from '../../../src/core/overlap.ts';
import { closedMode, partsMode } from '../../../src/core/parts.ts';
import { plan } from '../../../src/core/plan.ts';
import { detailsWanted } from '../../../src/core/questions.ts';
import type { TorrentSpec } from '../../support/world.ts';
import {
  downloads,
  infohashOf,
  makeDuty,
  makeLocal,
  makeMetainfo,
  makePolicy,
  makeTorrent,
  makeView,
  makeWorld,
  mebibyte,
} from '../../support/world.ts';

const policy = (mebibytes: number): ReturnType<typeof makePolicy> =>
  makePolicy({ spaceLimitBytes: mebibytes * mebibyte });

/** A torrent of files of so many MiB, of which so many MiB each lie here. */
function of(
  name: string,
  sizes: readonly number[],
  here: readonly (number | undefined)[] = [],
  spec: Omit<TorrentSpec, 'metainfo'> & { readonly seed?: string } = {},
): TorrentSpec {
  const { seed = name, ...rest } = spec;
  const files = sizes.map((size) => size * mebibyte);
  const metainfo = makeMetainfo({ name, isMultiFile: true, files, infohash: infohashOf(seed) });
  const local = makeLocal(
    metainfo,
    here.map((size) => size && size * mebibyte),
  );
  return { metainfo, local, ...rest };
}

const said = ({ actions, waits }: Plan): readonly string[] =>
  [
    ...actions.map(({ managed, kind }) => `${managed.metainfo.name}: ${kind}`),
    ...waits.map(({ managed, reason }) => `${managed.metainfo.name}: ${reason.kind}`),
  ].sort();

it('two oversize torrents with leftovers do not wait for each other for ever', () => {
  const world = makeWorld([of('a', [80, 80], [45]), of('b', [60, 60, 60], [45])]);
  assert.ok(said(plan(world, policy(100))).some((one) => /select|tidy|purge/.test(one)));
});
it('an interrupted batch beside a proved file: its border blocks are in the way for ever', () => {
  // Without leftovers: select, exactly fitting. File 0 is on the remote: its blocks here are nobody's loss.
  assert.deepEqual(said(plan(makeWorld([of('album', [24, 24], [], { receipts: [0] })]), policy(32))), [
    'album: select',
  ]);
  const world = makeWorld([of('album', [24, 24], [8, 10], { receipts: [0] })]);
  assert.notDeepEqual(said(plan(world, policy(32))), ['album: space']);
});
it('a proved file that lies here whole, of a torrent that is not loaded, is in the way for ever', () => {
  const world = makeWorld([of('album', [40, 40, 64], [40, 30], { receipts: [0] })]);
  assert.notDeepEqual(said(plan(world, policy(60))), ['album: space']);
});
it('a whole file that is kept is in the way of another torrent, whose own leftovers are in the way of it', () => {
  const sizes = [8.5, 16.125, 8.25];
  const a = of('a', sizes, [undefined, undefined, 8], { receipts: [0, 1] });
  const b = of('b', sizes, [undefined, 16.25], { receipts: [0, 2] });
  assert.deepEqual(said(plan(makeWorld([a, b]), policy(32.5))), ['a: tidy', 'b: space']);
});
it('whole files that are kept leave no room for the rest within any limit: that is for a person to change', () => {
  const world = makeWorld([
    of('album', [7.75, 16, 7.75, 8], [undefined, 16, undefined, 0.5], { receipts: [0, 2] }),
  ]);
  const { waits } = plan(world, policy(31));
  assert.deepEqual(
    waits.map(({ reason }) => reason.kind),
    ['file-too-large'],
  );
  assert.match(
    explainWait(waits[0]!.reason, 0),
    /needs 31\.8 MiB with the 16\.0 MiB of others that are kept/,
  );
});
it('a whole file that is kept is finished first: what is unfinished before it gives way', () => {
  const world = makeWorld([of('album', [40, 32, 8], [20, 32], { receipts: [2] })]);
  // Of the first file nobody can tell whether the piece that the second one needs is here: it might come beside it.
  assert.deepEqual(said(plan(world, policy(60))), ['album: tidy']);
});
it('what was stopped for a purge that cannot go on is loaded anew, and waits for nobody to start it', () => {
  const mode = asByteString(closedMode);
  const loaded = { isComplete: true, isStarted: false, isActive: false, isOpen: true, mode };
  const world = makeWorld([of('a', [10], [10], { loaded })]);
  const owing = { ...policy(100), duty: makeDuty({ requiredRatio: 3 }) };
  assert.deepEqual(said(plan(world, owing)), ['a: unload']);
});
it('tidies only where that makes room', () => {
  const seeding = of('seeding', [60], [60], { loaded: { isComplete: true } });
  const world = makeWorld([seeding, of('album', [64, 64, 64], [undefined, 36, 36])]);
  // 40 MiB are left once the 72 are gone: no file of 64 fits then either, and what was fetched is lost.
  const result = plan(world, { ...policy(100), duty: makeDuty({ requiredRatio: 3 }) });
  assert.deepEqual(said(result), ['album: space', 'seeding: ratio']);
});
it('what is proved is not retired where its place is not known: not seen is not empty', () => {
  const world = makeWorld([{ metainfo: of('album', [1]).metainfo, receipts: [0] }], {
    view: { defaultDirectory: asByteString('/data/????') },
  });
  assert.deepEqual(said(plan(world, policy(100))), ['album: place-unknown']);
});
it('a torrent that is fetched in parts and was not seen in detail is left as it is', () => {
  const world = makeWorld([
    { metainfo: of('album', [64, 64]).metainfo, loaded: { mode: asByteString(partsMode) } },
  ]);
  assert.deepEqual(said(plan(world, policy(100))), ['album: details-unseen']);
});
it('one inside the root of a candidate holds it, also where bytes of the report are lost', () => {
  const inside = makeTorrent(makeMetainfo({ name: 'x' }), {
    reportedDirectory: asByteString('/downloads/????'),
  });
  const view = makeView({ torrents: new Map([[inside.infohash, inside]]) });
  assert.ok(isClaimed(claimedRoots(view, new Map()), bytesOfText('/downloads/🎉'), infohashOf('mine')));
});
it('and where the default directory is the root', () => {
  const inside = makeTorrent(makeMetainfo({ name: 'x' }), { reportedDirectory: asByteString('/album') });
  const view = makeView({
    defaultDirectory: asByteString('/'),
    torrents: new Map([[inside.infohash, inside]]),
  });
  assert.ok(isClaimed(claimedRoots(view, new Map()), asByteString('/album'), infohashOf('mine')));
});
it('one that only waits for its turn takes no place', () => {
  const running = of('running', [48, 64], [], {
    loaded: { mode: asByteString(partsMode) },
    detail: { selected: [0] },
  });
  const result = plan(
    makeWorld([running, of('album', [40, 64]), of('album', [40, 70], [], { seed: 'b' })]),
    policy(100),
  );
  assert.deepEqual(said(result), ['album: oversize-turn', 'album: oversize-turn', 'running: batch']);
});
it('of two of one name that are proved and not loaded, one deletes what lies there', () => {
  const twin = of('album', [1, 2], [1, 2], { seed: 'twin', receipts: [0, 1] });
  const result = plan(makeWorld([of('album', [1, 2], [1, 2], { receipts: [0, 1] }), twin]), policy(100));
  // Both are retired in one pass, each for the other's sake: the files stay for ever, and count nowhere.
  assert.notDeepEqual(said(result), ['album: retire', 'album: retire']);
});
it('the files of a torrent around one whose leftovers are in the way are asked for', () => {
  const album = of('album', [64, 64, 64], [34, 33, 33]);
  const base = makeMetainfo({ name: 'base', files: [1, 2] });
  const world = makeWorld([
    album,
    { metainfo: base, isManaged: false, loaded: { reportedDirectory: downloads } },
  ]);
  assert.deepEqual(said(plan(world, policy(100))), ['album: shared-files']);
  assert.ok(world.rtorrent.seen);
  assert.deepEqual(detailsWanted(world.rtorrent.value, world.managed, world.ledger), [base.infohash]);
});
