/** Draws a world from a seed: its torrents, its limits, and what is rough in it. */

import type { Duty, DutyTerms } from '../../src/core/policy.ts';
import { mebibyte } from '../support/world.ts';
import type { Random } from './random.ts';
import { Random as Source } from './random.ts';
import type { Swarm } from './swarm.ts';
import type { SimTorrentSpec, WorldSpec } from './world-spec.ts';

/** How rough the world is: probabilities a call, and events between two passes. */
export interface Roughness {
  /** That a call fails before its effect, or its answer is lost after it. */
  readonly faults: number;
  /** That the driver is killed, or told to stop, at a call. */
  readonly deaths: number;
  /** That something happens in the world at a call. */
  readonly events: number;
  /** That something happens between two passes. */
  readonly between: number;
}

export interface DrawnWorld {
  readonly spec: WorldSpec;
  readonly roughness: Roughness;
  /** Lives of the driver in the time of trouble. */
  readonly passes: number;
  /** It runs as a daemon, and not as cron starts it. */
  readonly isDaemon: boolean;
}

const kibibyte = 1024;
const hourMs = 3_600_000;
const strictTracker = 'strict.example';

export function drawWorld(seed: number): DrawnWorld {
  const random = new Source(seed);
  const isHuge = random.chance(0.25);
  const torrents = [...drawTorrents(random), ...(isHuge ? [drawHuge(random)] : [])];
  const sizes = torrents.filter(({ role }) => role !== 'unmanaged').map(sizeOf);
  const largest = Math.max(...sizes);
  const all = sizes.reduce((sum, size) => sum + size, 0);
  const limits = isHuge
    ? [230 * kibibyte, 260 * kibibyte, 400 * kibibyte, all * 0.5]
    : [largest * 1.1, largest * 0.6, largest * 0.3, all * 0.5, all * 1.2];
  const spaceLimitBytes = Math.ceil(random.pick(limits) + 32 * kibibyte);
  const isTight = random.chance(0.25);
  const unmanagedBytes = torrents.reduce((sum, one) => sum + (one.role === 'unmanaged' ? sizeOf(one) : 0), 0);
  // The reserve is 4 MiB: beyond it there is room for the limit, or not quite.
  const diskBytes = 5 * mebibyte + unmanagedBytes * 2 + spaceLimitBytes * (isTight ? 0.7 : 1.5);
  const spec: WorldSpec = {
    seed,
    torrents,
    policy: {
      spaceLimitBytes,
      duty: drawDuty(random),
      stallTimeoutMs: random.pick([hourMs, hourMs, 3 * hourMs, Infinity]),
      mostWaitMs: random.pick([0, hourMs, 6 * hourMs, Infinity]),
      shipWhen: random.pick(['ratio', 'ratio', 'completed'] as const),
      verify: random.chance(0.85) ? 'checksum' : 'size',
      maxTransfers: random.between(1, 3),
      bandwidthBytesPerSecond: 0,
      oversize: random.pick(['pieces', 'pieces', 'pieces', 'files', 'off'] as const),
      oversizePrivate: random.chance(0.5),
    },
    diskBytes: Math.ceil(diskBytes / 4096) * 4096,
    remoteBytes: 64 * mebibyte,
    lowDiskspaceBytes: random.pick([0, 0, mebibyte, 3 * mebibyte]),
    hashMs: random.pick([500, 5_000, 90_000]),
    remoteBytesPerSecond: random.pick([20_000, 200_000, 2_000_000]),
    remoteFiles: {},
  };
  return {
    spec,
    roughness: drawRoughness(random),
    passes: random.between(4, 12),
    isDaemon: random.chance(0.4),
  };
}

/** No time is longer than a run may stand still; some torrents have a tracker with terms of its own. */
function drawDuty(random: Random): Duty {
  const terms = (): DutyTerms => ({
    requiredRatio: random.pick([0, 0, 0.2, 1]),
    requiredSeedTimeMs: random.pick([0, 0, 0, 1_800_000, 4 * hourMs]),
    match: random.pick(['all', 'any']),
    mostSeedTimeMs: random.pick([Infinity, Infinity, 2 * hourMs, 8 * hourMs]),
  });
  const trackers = new Map(random.chance(0.3) ? [[strictTracker, terms()]] : []);
  return { ...terms(), trackers };
}

function drawRoughness(random: Random): Roughness {
  if (random.chance(0.1)) return { faults: 0, deaths: 0, events: 0, between: 0 };
  return {
    faults: random.pick([0, 0.005, 0.02, 0.06]),
    deaths: random.pick([0, 0.002, 0.01]),
    events: random.pick([0, 0.002, 0.01]),
    between: random.pick([0.1, 0.4, 0.7]),
  };
}

function drawTorrents(random: Random): readonly SimTorrentSpec[] {
  const torrents = Array.from({ length: random.between(1, 6) }, (_, index) => drawTorrent(random, index));
  if (torrents.every(({ role }) => role === 'unmanaged')) return [{ ...torrents[0], role: 'managed' }];
  // The same bytes once more, as another torrent: of the same files in the same place, or elsewhere.
  const [first] = torrents;
  if (first !== undefined && random.chance(0.25)) {
    torrents.push({
      ...first,
      contentId: 1,
      role: random.pick(['managed', 'late', 'late', 'unmanaged']),
      ...(random.chance(0.3) ? { name: `${first.name ?? ''} again` } : {}),
    });
  }
  return torrents;
}

function drawTorrent(random: Random, index: number): SimTorrentSpec {
  const pieceLengthBytes = random.pick([16, 16, 32, 64]) * kibibyte;
  const isMultiFile = random.chance(0.75);
  const isAligned = random.chance(0.3);
  const role = random.pick(['managed', 'managed', 'managed', 'managed', 'late', 'unmanaged'] as const);
  const files = Array.from({ length: isMultiFile ? random.between(1, 7) : 1 }, (_, at) => {
    const pieces = random.pick([0.1, 0.5, 1, 2, 3, 6]);
    const rough = Math.floor(pieces * pieceLengthBytes) + random.between(-9, 9) * 100;
    const lengthBytes = isAligned ? Math.ceil(pieces) * pieceLengthBytes : Math.max(1, rough);
    const path = random.chance(0.3) ? { path: `sub ${at % 2}/file-${at}` } : {};
    const isEmpty = isMultiFile && at > 0 && random.chance(0.06);
    const isPadding = isMultiFile && at > 0 && random.chance(0.06);
    return { lengthBytes: isEmpty ? 0 : lengthBytes, isPadding, ...(isMultiFile ? path : {}) };
  });
  return {
    name: random.pick([`t${index}`, `t${index}`, `t${index}`, 'same', `odd \xff ${index}`]),
    isMultiFile,
    pieceLengthBytes,
    files,
    role,
    trackers: random.chance(0.3) ? [`announce.${strictTracker}`] : ['open.example'],
    shelf: random.pick(['', '', '', 'high/', 'low/'] as const),
    swarm: drawSwarm(random),
    ...(role === 'unmanaged' && random.chance(0.3)
      ? { directory: `/downloads/t${random.between(0, 5)}/deeper` }
      : {}),
  };
}

/** With a file that is larger than the window that its pieces need. */
function drawHuge(random: Random): SimTorrentSpec {
  const pieceLengthBytes = 16 * kibibyte;
  const isMultiFile = random.chance(0.5);
  const huge = random.between(30, 60) * pieceLengthBytes + random.between(-9, 9) * 700;
  const beside = random.pick([[], [20_000], [5_000, 40 * pieceLengthBytes]]);
  return {
    name: random.pick(['huge', 'huge', 'same']),
    isMultiFile,
    pieceLengthBytes,
    files: isMultiFile
      ? random.pick([
          [huge, ...beside],
          [...beside, huge],
        ])
      : [huge],
    role: random.pick(['managed', 'managed', 'late'] as const),
    isPrivate: random.chance(0.2),
    swarm: {
      ...drawSwarm(random),
      downBytesPerSecond: random.chance(0.06) ? 0 : random.pick([3_000, 40_000, 400_000]),
    },
  };
}

function drawSwarm(random: Random): Swarm {
  return {
    downBytesPerSecond: random.chance(0.06) ? 0 : random.pick([25, 200, 2_000, 40_000]),
    upBytesPerSecond: random.chance(0.1) ? 0 : random.pick([500, 5_000]),
  };
}

function sizeOf({ files = [] }: SimTorrentSpec): number {
  return files.reduce<number>((sum, one) => sum + (typeof one === 'number' ? one : one.lengthBytes), 0);
}
