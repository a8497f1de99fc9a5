/** Small worlds in memory: a snapshot and everything that it is made of, with defaults that a test overrides. */

import { createHash } from 'node:crypto';
import type { ByteString } from '../../src/core/bytes.ts';
import { asByteString } from '../../src/core/bytes.ts';
import type { Duty, Policy, Verify } from '../../src/core/policy.ts';
import { expectedDirectory } from '../../src/core/locate.ts';
import type { Infohash, ManagedTorrent, Metainfo, MetainfoFile } from '../../src/core/metainfo.ts';
import { parseInfohash } from '../../src/core/metainfo.ts';
import { piecesOf } from '../../src/core/pieces.ts';
import { remotePathOf } from '../../src/core/place.ts';
import type { Receipt, RemoteFile, RemoteListing } from '../../src/core/prove.ts';
import { prove } from '../../src/core/prove.ts';
import type {
  DiskView,
  Failure,
  Job,
  LedgerView,
  LocalTorrent,
  RtorrentDetail,
  RtorrentTorrent,
  RtorrentView,
  Snapshot,
} from '../../src/core/snapshot.ts';
import { noWishes } from '../../src/core/wishes.ts';

export const mebibyte = 1024 ** 2;
export const gibibyte = 1024 ** 3;
export const blockBytes = 4096;

/** The moment at which every world is seen, unless the test says otherwise. */
export const nowMs = 1_800_000_000_000;

/** rtorrent's default directory in every world, unless the test says otherwise. */
export const downloads = asByteString('/downloads');

/** An infohash that depends on the seed alone. */
export function infohashOf(seed: string): Infohash {
  const infohash = parseInfohash(createHash('sha1').update(seed, 'latin1').digest('hex'));
  if (infohash === undefined) throw new Error(`no infohash from ${seed}`);
  return infohash;
}

export interface FileSpec {
  /** Its bytes as latin1; `file-N` by default, or the torrent's name where that is a single file. */
  readonly path?: string;
  readonly lengthBytes: number;
  readonly isPadding?: boolean;
}

export interface MetainfoSpec {
  /** Its bytes as latin1. */
  readonly name?: string;
  /** Made of the name by default. */
  readonly infohash?: Infohash;
  /** By default whether there is more than one file. */
  readonly isMultiFile?: boolean;
  /** 16 MiB by default, so that files of up to 48 MiB need no blocks beyond their own. */
  readonly pieceLengthBytes?: number;
  /** Lengths in bytes, or more about a file; one file of 16 MiB by default. */
  readonly files?: readonly (number | FileSpec)[];
  readonly isPrivate?: boolean;
  /** Hosts; none by default. */
  readonly trackers?: readonly string[];
}

export function makeMetainfo(spec: MetainfoSpec = {}): Metainfo {
  const { name = 'torrent', pieceLengthBytes = 16 * mebibyte, files = [16 * mebibyte] } = spec;
  const isMultiFile = spec.isMultiFile ?? files.length > 1;
  let totalBytes = 0;
  const made = files.map((one, index): MetainfoFile => {
    const { path, lengthBytes, isPadding = false } = typeof one === 'number' ? { lengthBytes: one } : one;
    const offsetBytes = totalBytes;
    totalBytes += lengthBytes;
    const ownPath = asByteString(path ?? (isMultiFile ? `file-${index}` : name));
    return { index, path: ownPath, lengthBytes, offsetBytes, isPadding };
  });
  return {
    infohash: spec.infohash ?? infohashOf(name),
    name: asByteString(name),
    isMultiFile,
    isPrivate: spec.isPrivate ?? false,
    trackers: spec.trackers ?? [],
    pieceLengthBytes,
    pieceCount: Math.ceil(totalBytes / pieceLengthBytes),
    totalBytes,
    files: made,
  };
}

export function makeManaged(metainfo: Metainfo, overrides: Partial<ManagedTorrent> = {}): ManagedTorrent {
  return {
    metainfo,
    torrentPaths: [asByteString(`/managed/${metainfo.infohash}.torrent`)],
    priority: 'normal',
    addedAtMs: nowMs - 3_600_000,
    ...overrides,
  };
}

/** As rtorrent lists it: downloading, nothing here yet, in its default directory. */
export function makeTorrent(metainfo: Metainfo, overrides: Partial<RtorrentTorrent> = {}): RtorrentTorrent {
  const isComplete = overrides.isComplete ?? false;
  return {
    infohash: metainfo.infohash,
    reportedName: metainfo.name,
    reportedDirectory: expectedDirectory(metainfo, downloads),
    isMultiFile: metainfo.isMultiFile,
    isComplete,
    isActive: true,
    isOpen: true,
    isStarted: true,
    isHashing: false,
    isPartiallyDone: false,
    uploadedBytes: 0,
    completeSinceMs: isComplete ? nowMs : undefined,
    completedBytes: isComplete ? metainfo.totalBytes : 0,
    receivedBytes: overrides.completedBytes ?? (isComplete ? metainfo.totalBytes : 0),
    sizeBytes: metainfo.totalBytes,
    downRateBytesPerSecond: 0,
    upRateBytesPerSecond: 0,
    message: asByteString(''),
    mode: asByteString(''),
    ...overrides,
  };
}

export interface DetailSpec {
  /** None by default. */
  readonly pieces?: Iterable<number> | 'all';
  /** All by default. */
  readonly selected?: readonly number[] | 'all';
  /** True by default. */
  readonly isAsLoaded?: boolean;
}

export function makeDetail(metainfo: Metainfo, spec: DetailSpec = {}): RtorrentDetail {
  const { pieces = [], selected = 'all', isAsLoaded = true } = spec;
  const indices =
    pieces === 'all' ? Array.from({ length: metainfo.pieceCount }, (_, index) => index) : pieces;
  return {
    pieces: piecesOf(metainfo.pieceCount, indices),
    files: metainfo.files.map(({ path, index }) => ({
      path,
      isSelected: selected === 'all' || selected.includes(index),
    })),
    isAsLoaded,
  };
}

/**
 * What lies on disk: the allocated bytes of each file, undefined where there is no such file; `whole` for all of it, in
 * full blocks. A file that is there has its full size, as rtorrent makes them.
 */
export function makeLocal(
  metainfo: Metainfo,
  allocated: readonly (number | undefined)[] | 'whole' = 'whole',
  directory: ByteString = expectedDirectory(metainfo, downloads),
): LocalTorrent {
  const files = metainfo.files.map((file) => {
    const wholeBytes = Math.ceil(file.lengthBytes / blockBytes) * blockBytes;
    const allocatedBytes = allocated === 'whole' ? wholeBytes : allocated[file.index];
    return allocatedBytes === undefined ? undefined : { sizeBytes: file.lengthBytes, allocatedBytes };
  });
  const allocatedBytes = files.reduce((sum, file) => sum + (file?.allocatedBytes ?? 0), 0);
  return { directory, files: files.every((file) => file === undefined) ? [] : files, allocatedBytes };
}

/** The MD5 of the bytes as latin1, as both hosts write it. */
export function digestOf(content: string): string {
  return createHash('md5').update(content, 'latin1').digest('hex');
}

/** A true receipt: proved against a listing that holds the file whole, at the torrent's own name. */
export function makeReceipt(metainfo: Metainfo, index: number, method: Verify = 'checksum'): Receipt {
  const file = metainfo.files[index];
  if (file === undefined) throw new RangeError(`no file ${index}`);
  const remotePath = remotePathOf(metainfo, file, new Map());
  const localDigest = method === 'checksum' ? digestOf(remotePath) : undefined;
  const seen: RemoteFile = { sizeBytes: file.lengthBytes, ...(localDigest && { digest: localDigest }) };
  const listing = new Map([[remotePath, seen]]);
  const evidence = { kind: 'copy', localDigest } as const;
  const proof = prove({ metainfo, file, remotePath, listing, evidence, method, nowMs });
  if (proof.kind !== 'proved') throw new Error(`file ${index} is ${proof.kind}`);
  return proof.receipt;
}

export function makeReceipts(
  metainfo: Metainfo,
  indices: readonly number[],
  method: Verify = 'checksum',
): ReadonlyMap<number, Receipt> {
  return new Map(indices.map((index) => [index, makeReceipt(metainfo, index, method)]));
}

/** A failure a minute ago, to be tried again in four. */
export function makeFailure(overrides: Partial<Failure> = {}): Failure {
  return {
    step: 'ship',
    message: 'the remote is full',
    count: 1,
    sinceMs: nowMs - 60_000,
    atMs: nowMs - 60_000,
    retryAtMs: nowMs + 240_000,
    ...overrides,
  };
}

/** All of it goes out, and a quarter has gone. */
export function makeJob({ infohash, name, files }: Metainfo, overrides: Partial<Job> = {}): Job {
  const startedAtMs = nowMs - 1000;
  const indices = files.map(({ index }) => index);
  const sizes = { totalBytes: 100, doneBytes: 25 };
  return { id: 'ship-1', kind: 'ship', infohash, name, files: indices, ...sizes, startedAtMs, ...overrides };
}

/** Nothing is owed, unless the test says otherwise; there is no ceiling then. */
export function makeDuty(overrides: Partial<Duty> = {}): Duty {
  return {
    requiredRatio: 0,
    requiredSeedTimeMs: 0,
    match: 'all',
    mostSeedTimeMs: Number.POSITIVE_INFINITY,
    trackers: new Map(),
    ...overrides,
  };
}

/** 10 GiB for managed torrents; complete ones are shipped at once, two at a time. */
export function makePolicy(overrides: Partial<Policy> = {}): Policy {
  return {
    spaceLimitBytes: 10 * gibibyte,
    duty: makeDuty(),
    shipWhen: 'ratio',
    stallTimeoutMs: 3_600_000,
    mostWaitMs: 24 * 3_600_000,
    verify: 'checksum',
    maxTransfers: 2,
    bandwidthBytesPerSecond: 0,
    oversize: 'files',
    oversizePrivate: false,
    ...overrides,
  };
}

export function makeView(overrides: Partial<RtorrentView> = {}): RtorrentView {
  return {
    version: '0.9.8',
    processId: 4711,
    defaultDirectory: downloads,
    torrents: new Map(),
    details: new Map(),
    ...overrides,
  };
}

/** 200 GiB, half of them free: the reserve is 1 GiB. */
export function makeDisk(overrides: Partial<DiskView> = {}): DiskView {
  return {
    freeBytes: 100 * gibibyte,
    totalBytes: 200 * gibibyte,
    blockBytes,
    torrents: new Map(),
    ...overrides,
  };
}

export function makeLedger(overrides: Partial<LedgerView> = {}): LedgerView {
  return {
    receipts: new Map(),
    shipments: new Map(),
    failures: new Map(),
    placements: new Map(),
    intents: new Map(),
    pieces: new Map(),
    wishes: noWishes,
    progress: new Map(),
    onsets: new Map(),
    ...overrides,
  };
}

/** What the remote holds: sizes by path, their content not read. */
export function makeListing(sizes: Readonly<Record<string, number>>): RemoteListing {
  return new Map<ByteString, RemoteFile>(
    Object.entries(sizes).map(([path, sizeBytes]) => [asByteString(path), { sizeBytes }]),
  );
}

/** One torrent of a world: what there is of it, and where. */
export interface TorrentSpec {
  readonly metainfo: Metainfo;
  /** True by default; false makes it somebody else's. */
  readonly isManaged?: boolean;
  /** What is known of its .torrent beside the metainfo. */
  readonly managed?: Partial<Omit<ManagedTorrent, 'metainfo'>>;
  /** Absent while it is not in rtorrent. */
  readonly loaded?: Partial<RtorrentTorrent>;
  readonly detail?: DetailSpec;
  /** Absent while nothing of it is on disk. */
  readonly local?: LocalTorrent;
  /** Indices of the files that are proved. */
  readonly receipts?: readonly number[];
  readonly failure?: Failure;
  readonly jobs?: readonly Partial<Job>[];
}

export interface WorldSpec {
  readonly disk?: Partial<DiskView>;
  readonly view?: Partial<RtorrentView>;
  readonly ledger?: Partial<LedgerView>;
  /** Sizes by path; nothing by default. */
  readonly remote?: Readonly<Record<string, number>>;
}

/** A snapshot of some torrents, everything of which was seen. */
export function makeWorld(torrents: readonly TorrentSpec[], spec: WorldSpec = {}): Snapshot {
  const of = <T>(pick: (torrent: TorrentSpec) => T | undefined): ReadonlyMap<Infohash, T> =>
    new Map(
      torrents.flatMap((torrent) => {
        const value = pick(torrent);
        return value === undefined ? [] : [[torrent.metainfo.infohash, value] as const];
      }),
    );
  const details = of(({ metainfo, detail }) => detail && makeDetail(metainfo, detail));
  return {
    takenAtMs: nowMs,
    managed: of(({ metainfo, isManaged, managed }) =>
      isManaged === false ? undefined : makeManaged(metainfo, managed),
    ),
    rejected: [],
    rtorrent: {
      seen: true,
      value: makeView({
        torrents: of(({ metainfo, loaded }) => loaded && makeTorrent(metainfo, loaded)),
        details,
        ...spec.view,
      }),
    },
    disk: { seen: true, value: makeDisk({ torrents: of(({ local }) => local), ...spec.disk }) },
    remote: { seen: true, value: makeListing(spec.remote ?? {}) },
    ledger: makeLedger({
      receipts: of(({ metainfo, receipts }) => receipts && makeReceipts(metainfo, receipts)),
      failures: of(({ failure }) => failure),
      ...spec.ledger,
    }),
    jobs: torrents.flatMap(({ metainfo, jobs = [] }) => jobs.map((job) => makeJob(metainfo, job))),
  };
}
