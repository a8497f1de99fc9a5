/** Worlds drawn at random: few names, few places and tight space, so that torrents meet in every way they can. */

import fc from 'fast-check';
import { asByteString } from '../../../src/core/bytes.ts';
import type { Metainfo } from '../../../src/core/metainfo.ts';
import { partsMode } from '../../../src/core/parts.ts';
import { ownPlace, remotePathOf } from '../../../src/core/place.ts';
import type { Policy } from '../../../src/core/policy.ts';
import type { LedgerView, Snapshot } from '../../../src/core/snapshot.ts';
import type { TorrentSpec } from '../../support/world.ts';
import {
  gibibyte,
  infohashOf,
  makeFailure,
  makeLocal,
  makeMetainfo,
  makePolicy,
  makeWorld,
  mebibyte,
  nowMs,
} from '../../support/world.ts';

const names = ['film', 'album', 'f\xe9', 'why?', '\xf0\x9f\x8e\x89'];
const directories = ['/downloads', '/elsewhere', '/downloads/album', '/downloads/film', '/what?'];

/** Mostly the one value, once in eight times another. */
function rarely<T, U>(another: fc.Arbitrary<T>, mostly: U): fc.Arbitrary<T | U> {
  return fc.oneof({ weight: 7, arbitrary: fc.constant(mostly) }, { weight: 1, arbitrary: another });
}

function chosenOf(metainfo: Metainfo): fc.Arbitrary<number[]> {
  return fc.subarray(metainfo.files.map((file) => file.index));
}

const metainfos = fc.record({
  name: fc.constantFrom(...names),
  pieceLengthBytes: fc.constantFrom(mebibyte, 4 * mebibyte, 16 * mebibyte),
  isMultiFile: fc.boolean(),
  files: fc.array(
    fc.record({
      lengthBytes: fc.oneof(fc.constant(0), fc.constant(16 * mebibyte), fc.nat(60 * mebibyte)),
      isPadding: rarely(fc.constant(true), false),
    }),
    { minLength: 1, maxLength: 5 },
  ),
});

const loadedStates = fc.record({
  isComplete: fc.boolean(),
  isActive: fc.boolean(),
  isStarted: fc.boolean(),
  isHashing: rarely(fc.constant(true), false),
  isPartiallyDone: rarely(fc.constant(true), false),
  uploadedBytes: fc.nat(400 * mebibyte),
  completeSinceMs: fc.option(
    fc.nat(7_200_000).map((ms) => nowMs - ms),
    { nil: undefined },
  ),
  mode: fc.constantFrom('', partsMode).map(asByteString),
  reportedDirectory: rarely(fc.constantFrom(...directories).map(asByteString), undefined),
});

/** What a torrent can be, but for the metainfo. */
/** A job of all files, or one of each of two kinds that share them. */
function jobsOf(metainfo: Metainfo): fc.Arbitrary<NonNullable<TorrentSpec['jobs']>> {
  const indices = metainfo.files.map(({ index }) => index);
  return fc.nat(indices.length - 1).map((middle) =>
    middle === 0
      ? [{}]
      : [
          { id: 'ship-1', files: indices.slice(0, middle) },
          { id: 'prove-2', kind: 'prove', files: indices.slice(middle, middle + 1) },
        ],
  );
}

function stateOf(metainfo: Metainfo): fc.Arbitrary<TorrentSpec> {
  const pieces = fc.subarray(Array.from({ length: metainfo.pieceCount }, (_, index) => index));
  const sizes = metainfo.files.map((file) => fc.option(fc.nat(file.lengthBytes + 8192), { nil: undefined }));
  return fc
    .record({
      isManaged: rarely(fc.constant(false), true),
      loaded: fc.option(loadedStates, { nil: undefined }),
      detail: fc.option(fc.record({ pieces, selected: chosenOf(metainfo) }), { nil: undefined, freq: 3 }),
      there: fc.option(fc.tuple(...sizes), { nil: undefined, freq: 1 }),
      receipts: fc.oneof(
        { weight: 4, arbitrary: fc.constant([]) },
        { weight: 2, arbitrary: chosenOf(metainfo) },
        { weight: 1, arbitrary: fc.constant(metainfo.files.map(({ index }) => index)) },
      ),
      failure: rarely(fc.constantFrom(makeFailure(), makeFailure({ retryAtMs: nowMs })), undefined),
      jobs: rarely(jobsOf(metainfo), []),
    })
    .map(({ loaded, detail, there, failure, jobs, ...rest }) => {
      const { reportedDirectory, ...state } = loaded ?? { reportedDirectory: undefined };
      return {
        metainfo,
        ...rest,
        ...(loaded && { loaded: { ...state, ...(reportedDirectory && { reportedDirectory }) } }),
        ...(detail && { detail }),
        ...(there && { local: makeLocal(metainfo, there) }),
        ...(failure && { failure }),
        jobs,
      };
    });
}

const torrents = fc.array(metainfos, { maxLength: 7, size: 'max' }).chain((specs) =>
  fc.tuple(
    ...specs.map(({ files, isMultiFile, ...spec }, index) =>
      stateOf(
        makeMetainfo({
          ...spec,
          infohash: infohashOf(`${index}`),
          isMultiFile: isMultiFile || files.length > 1,
          files,
        }),
      ),
    ),
  ),
);

/** What the remote holds of the torrents, with which size, put there for whom, and which have a place of their own. */
function remoteOf(all: readonly TorrentSpec[]): fc.Arbitrary<{
  readonly remote: Readonly<Record<string, number>>;
  readonly shipments: LedgerView['shipments'];
  readonly placements: LedgerView['placements'];
}> {
  return fc.subarray([...all]).chain((placed) => {
    const placements = new Map(placed.map(({ metainfo }) => [metainfo.infohash, ownPlace(metainfo)]));
    const entries = all.flatMap(({ metainfo }) =>
      metainfo.files.map((file) => ({
        path: remotePathOf(metainfo, file, placements),
        lengthBytes: file.lengthBytes,
        infohash: metainfo.infohash,
      })),
    );
    return fc
      .tuple(...entries.map((entry) => fc.nat(4).map((draw) => ({ ...entry, draw }))))
      .map((drawn) => ({
        remote: Object.fromEntries(
          drawn.flatMap(({ path, lengthBytes, draw }) =>
            draw === 0 ? [] : [[path, draw === 1 ? lengthBytes + 1 : lengthBytes]],
          ),
        ),
        shipments: new Map(drawn.flatMap((one) => (one.draw === 3 ? [] : [[one.path, one.infohash]]))),
        placements,
      }));
  });
}

export interface RandomWorld {
  readonly snapshot: Snapshot;
  readonly policy: Policy;
}

const duties = fc.record({
  requiredRatio: fc.constantFrom(0, 1),
  requiredSeedTimeMs: fc.constantFrom(0, 0, 3_600_000),
  match: fc.constantFrom('any', 'all'),
  mostSeedTimeMs: fc.constantFrom(Infinity, 5_400_000),
  trackers: fc.constant(new Map()),
});

/** A world of up to seven torrents, managed and not, in any state, everything seen. */
export const randomWorlds: fc.Arbitrary<RandomWorld> = torrents.chain((all) =>
  fc
    .record({
      remote: remoteOf(all),
      freeBytes: fc.nat(400 * mebibyte),
      spaceLimitBytes: fc.nat(400 * mebibyte),
      duty: duties,
      mostWaitMs: fc.constantFrom(0, 3_600_001, Infinity),
      shipWhen: fc.constantFrom('ratio', 'completed'),
      maxTransfers: fc.nat(3),
    })
    .map(({ remote: { remote, shipments, placements }, freeBytes, ...policy }) => {
      const disk = { freeBytes, totalBytes: gibibyte };
      const world = makeWorld(all, { disk, remote });
      return {
        snapshot: { ...world, ledger: { ...world.ledger, shipments, placements } },
        policy: makePolicy(policy),
      };
    }),
);
