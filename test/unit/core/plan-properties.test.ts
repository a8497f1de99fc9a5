/** What holds of every plan, whatever the world: checked on worlds drawn at random. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Action, Plan } from '../../../src/core/action.ts';
import { explainAction, explainWait } from '../../../src/core/explain.ts';
import { claimedRoots, isClaimed, neighboursOf, rootPath } from '../../../src/core/overlap.ts';
import { remotePathOf } from '../../../src/core/place.ts';
import { plan } from '../../../src/core/plan.ts';
import { mayBeDue, remotePathsWanted } from '../../../src/core/questions.ts';
import type { Receipt } from '../../../src/core/prove.ts';
import type { Observed } from '../../../src/core/snapshot.ts';
import { nowMs } from '../../support/world.ts';
import type { RandomWorld } from './random-world.ts';
import { permuted } from '../../support/permuted.ts';
import { randomWorlds } from './random-world.ts';
import { allSituations, situationIn, viewIn } from './situation-in.ts';

const numRuns = 2_000;

function always(property: (result: Plan, world: RandomWorld) => void): void {
  fc.assert(
    fc.property(randomWorlds, (world) => property(plan(world.snapshot, world.policy), world)),
    { numRuns },
  );
}

/** What is done only to a torrent that is not in rtorrent. */
const onlyUnloaded: ReadonlySet<Action['kind']> = new Set(['load', 'select', 'tidy', 'retire']);

const unseen: Observed<never> = { seen: false, reason: 'no answer' };

describe('every plan', () => {
  it('has every managed torrent in its actions or in its waits, once, and no other', () => {
    always(({ actions, waits }, { snapshot }) => {
      const named = [...actions, ...waits].map(({ managed }) => managed.metainfo.infohash);
      assert.deepEqual(named.sort(), [...snapshot.managed.keys()].sort());
    });
  });

  it('reserves no more than the room there is', () => {
    always(({ actions, space }) => {
      let reservedBytes = 0;
      for (const action of actions) {
        if (!('reservedBytes' in action)) continue;
        assert.ok(action.reservedBytes >= 0);
        reservedBytes += action.reservedBytes;
      }
      assert.ok(space !== undefined && reservedBytes <= space.roomBytes);
    });
  });

  it('is the same when the snapshot comes in another order', () => {
    always((result, { snapshot, policy }) => {
      assert.deepEqual(plan(permuted(snapshot), policy), result);
    });
  });

  it('purges and retires nothing without a receipt for every file but padding', () => {
    always(({ actions }, { snapshot }) => {
      for (const action of actions) {
        if (action.kind !== 'purge' && action.kind !== 'retire') continue;
        const { metainfo } = action.managed;
        const files = action.kind === 'purge' ? action.files : metainfo.files;
        const held = snapshot.ledger.receipts.get(metainfo.infohash);
        for (const file of files.filter(({ isPadding }) => !isPadding)) {
          const receipt: Receipt | undefined = action.receipts.find(
            ({ fileIndex }) => fileIndex === file.index,
          );
          assert.ok(receipt !== undefined && receipt === held?.get(file.index));
          assert.equal(receipt.infohash, metainfo.infohash);
        }
      }
    });
  });

  it('retires only what is not in rtorrent, and of which nothing is on disk but the files of others', () => {
    always(({ actions }, { snapshot }) => {
      for (const { kind, managed } of actions) {
        if (kind !== 'retire') continue;
        const { metainfo } = managed;
        const { loaded, local, directory = metainfo.name } = situationIn(snapshot, metainfo);
        assert.equal(loaded, undefined);
        const root = rootPath(metainfo, directory);
        const others = neighboursOf(viewIn(snapshot), snapshot.managed, root, metainfo.infohash);
        assert.ok(others.length > 0 || local?.files.every((file) => file === undefined) !== false);
      }
    });
  });

  it('loads, selects and tidies only what is not in rtorrent, and does the rest only to what is', () => {
    always(({ actions }, { snapshot: { rtorrent } }) => {
      for (const { kind, managed } of actions) {
        const isLoaded = rtorrent.seen && rtorrent.value.torrents.has(managed.metainfo.infohash);
        if (onlyUnloaded.has(kind)) assert.ok(!isLoaded, kind);
        else if (kind !== 'purge') assert.ok(isLoaded, kind);
      }
    });
  });

  it('selects or tidies files of one torrent at the most, and selects none that is proved or padding', () => {
    always(({ actions }, { snapshot }) => {
      const selects = actions.filter((action) => action.kind === 'select');
      assert.ok(actions.filter(({ kind }) => kind === 'select' || kind === 'tidy').length <= 1);
      for (const { managed, files } of selects) {
        const proved = snapshot.ledger.receipts.get(managed.metainfo.infohash);
        assert.ok(files.length > 0);
        for (const index of files) {
          assert.ok(proved?.has(index) !== true);
          assert.equal(managed.metainfo.files[index]?.isPadding, false);
        }
        assert.deepEqual(
          files,
          [...files].sort((one, other) => one - other),
        );
      }
    });
  });

  it('tidies only files that are here, without a receipt, and not whole', () => {
    always(({ actions }, { snapshot }) => {
      for (const action of actions) {
        if (action.kind !== 'tidy') continue;
        const { metainfo } = action.managed;
        const { local, receipts } = situationIn(snapshot, metainfo);
        assert.ok(action.files.length > 0);
        for (const file of action.files) {
          const here = local?.files[file.index];
          assert.ok(here !== undefined && here.allocatedBytes > 0);
          assert.ok(here.sizeBytes !== file.lengthBytes || here.allocatedBytes < file.lengthBytes);
          assert.ok(!receipts.has(file.index));
        }
      }
    });
  });

  it('loads and selects in no place that another torrent has, in rtorrent or in the same plan', () => {
    always(({ actions }, { snapshot }) => {
      const claimed = claimedRoots(viewIn(snapshot), snapshot.managed);
      const roots = new Set<string>();
      for (const { kind, managed } of actions) {
        if (kind !== 'load' && kind !== 'select') continue;
        const { directory } = situationIn(snapshot, managed.metainfo);
        assert.ok(directory !== undefined);
        const root = rootPath(managed.metainfo, directory);
        assert.ok(!isClaimed(claimed, root, managed.metainfo.infohash), root);
        assert.ok(!roots.has(root), root);
        roots.add(root);
      }
    });
  });

  it('begins no more transfers than there are slots', () => {
    always(({ actions }, { snapshot, policy }) => {
      for (const kind of ['ship', 'prove']) {
        const begun = actions.filter((action) => action.kind === kind).length;
        const underWay = snapshot.jobs.filter((job) => job.kind === kind).length;
        assert.ok(begun === 0 || begun + underWay <= policy.maxTransfers);
      }
    });
  });

  it('touches nothing of which work is under way, or that rests', () => {
    always(({ actions }, { snapshot }) => {
      for (const action of actions) {
        const { infohash } = action.managed.metainfo;
        const busy = snapshot.jobs.filter((job) => job.infohash === infohash).flatMap(({ files }) => files);
        const besideJobs: readonly Action['kind'][] = ['ship', 'prove', 'extend', 'roll'];
        const files = 'files' in action ? action.files : [];
        const indices = files.map((file) => (typeof file === 'number' ? file : file.index));
        assert.ok(indices.every((index) => !busy.includes(index)));
        if (!besideJobs.includes(action.kind)) assert.deepEqual(busy, []);
        assert.ok((snapshot.ledger.failures.get(infohash)?.retryAtMs ?? 0) <= nowMs);
      }
    });
  });

  it('looks at no path of the remote that was not asked for', () => {
    always((_, { snapshot, policy }) => {
      const { remote } = snapshot;
      assert.ok(remote.seen);
      // As it is asked: of those alone that may have files to go.
      const some = allSituations(snapshot).filter(({ loaded }) => mayBeDue(loaded));
      const wanted = new Set(remotePathsWanted(some, policy, snapshot.ledger, nowMs));
      const watched = new Map(remote.value);
      watched.get = (path) => {
        assert.ok(wanted.has(path), path);
        return remote.value.get(path);
      };
      plan({ ...snapshot, remote: { seen: true, value: watched } }, policy);
    });
  });

  it('is empty of actions where rtorrent or the disk was not seen', () => {
    always((_, { snapshot, policy }) => {
      for (const blind of [
        { ...snapshot, rtorrent: unseen },
        { ...snapshot, disk: unseen },
      ]) {
        const { actions, waits } = plan(blind, policy);
        assert.equal(actions.length, 0);
        assert.equal(waits.length, snapshot.managed.size);
      }
    });
  });

  it('neither ships, proves nor moves where the remote was not seen, and is the same in all else', () => {
    const needTheRemote: ReadonlySet<string> = new Set(['ship', 'prove', 'place']);
    always(({ actions }, { snapshot, policy }) => {
      const blind = plan({ ...snapshot, remote: unseen }, policy);
      // What waits for the remote does not give up its turn, nor move on: only who has the turn may differ.
      const ofTheTurn: ReadonlySet<string> = new Set(['select', 'extend', 'roll', 'tidy']);
      const isOther = ({ kind }: Action): boolean => !needTheRemote.has(kind) && !ofTheTurn.has(kind);
      assert.ok(blind.actions.every(({ kind }) => !needTheRemote.has(kind)));
      assert.deepEqual(blind.actions.filter(isOther), actions.filter(isOther));
    });
  });

  it('sends to no path of the remote that is for another torrent, unless it can go nowhere else and nothing is there', () => {
    always(({ actions }, { snapshot: { ledger, managed, remote } }) => {
      const sent = new Set<string>();
      for (const action of actions) {
        if (action.kind !== 'ship') continue;
        const { metainfo } = action.managed;
        for (const file of action.files) {
          const path = remotePathOf(metainfo, file, ledger.placements);
          const owner = ledger.shipments.get(path) ?? metainfo.infohash;
          const hasStayed =
            (ledger.receipts.get(metainfo.infohash)?.size ?? 0) > 0 ||
            ledger.placements.has(metainfo.infohash);
          const isFirst = hasStayed && remote.seen && !remote.value.has(path);
          assert.ok(owner === metainfo.infohash || !managed.has(owner) || isFirst);
          assert.ok(!sent.has(path), path);
          sent.add(path);
        }
      }
    });
  });

  it('can be said in words, a line for each torrent', () => {
    always(({ actions, waits }) => {
      const lines = [...actions.map(explainAction), ...waits.map(({ reason }) => explainWait(reason, nowMs))];
      for (const line of lines) assert.match(line, /^[^\p{Cc}\p{Zl}\p{Zp}]+$/u);
    });
  });
});
