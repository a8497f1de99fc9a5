/** The torrents of the demo: every shape there is, several times what the disk may hold, and two things not to be touched. */

import type { TorrentFileEntry } from '../test/support/torrent-file.ts';
import type { TorrentOptions } from '../test/e2e/rig/torrents.ts';

/** How large and how fast everything is. */
export interface Scale {
  /** `space_limit` of the program. */
  readonly limitBytes: number;
  /** What stands for a MiB in the sizes below. */
  readonly unitBytes: number;
  readonly pieceLengthBytes: number;
  /** What the seeding peer sends at most; 0 is no limit. */
  readonly seedRateKiB: number;
  /** What the line to the remote carries at most; 0 is no limit. */
  readonly lineRateKiB: number;
  /** Between the end of a pass and the next. */
  readonly restMs: number;
  /** The demo gives up after this long. */
  readonly longestMs: number;
}

const kib = 1024;
const mib = 1024 * kib;

/** For a person to watch: about 300 MiB through 64 MiB, in about a minute. */
export const wholeScale: Scale = {
  limitBytes: 64 * mib,
  unitBytes: mib,
  pieceLengthBytes: 256 * kib,
  seedRateKiB: 9 * kib,
  lineRateKiB: 24 * kib,
  restMs: 700,
  longestMs: 300_000,
};

/** For a test: about 60 MiB through 13 MiB, in about ten seconds. */
export const quickScale: Scale = {
  limitBytes: 13 * mib,
  unitBytes: 200 * kib,
  pieceLengthBytes: 64 * kib,
  seedRateKiB: 0,
  lineRateKiB: 0,
  restMs: 100,
  longestMs: 120_000,
};

/** The torrents to rotate, smallest first, as the program takes them. */
export function collection({ unitBytes, pieceLengthBytes }: Scale): readonly TorrentOptions[] {
  const single = (name: string, units: number): TorrentOptions => ({
    name,
    // An odd number: the last piece and the last block are not full.
    bytes: units * unitBytes + 1_001,
    pieceLengthBytes,
  });
  const multiple = (name: string, directories: readonly string[], units: readonly number[]) => ({
    name,
    files: filesOf(directories, units, unitBytes),
    pieceLengthBytes,
  });
  return [
    single('chess games 1851-2020.pgn', 3),
    single('night sky atlas.pdf', 5),
    multiple('bird songs \u{1F426} of the far  north', ['owls', 'cranes'], [1, 1, 1, 1, 1, 1]),
    single('city noises.flac', 8),
    multiple('sheet music', [''], [2, 2, 2, 3]),
    single('weather of 100 years.csv', 10),
    single('netinst-amd64.iso', 12),
    multiple('radio plays', ['season 1', 'season 2'], [3, 3, 4, 4]),
    single('ocean documentary.mkv', 16),
    multiple('old computer magazines', ['1982', '1983', '1984'], [2, 2, 3, 3, 4, 4]),
    multiple('map tiles', ['z1', 'z2'], [4, 5, 5, 6]),
    multiple('public lectures', ['spring', 'autumn'], Array<number>(18).fill(10)),
  ];
}

/** In rtorrent, and none of the program's business. */
export function unmanagedTorrent({ unitBytes, pieceLengthBytes }: Scale): TorrentOptions {
  return {
    name: 'family photos',
    files: filesOf(['summer'], [2, 2, 2], unitBytes),
    pieceLengthBytes,
    managed: false,
  };
}

/** Cut off in the middle, as by a full disk. */
export const brokenFile = {
  name: 'cut-off-download.torrent',
  content: 'd8:announce32:http://tracker',
} as const;

function filesOf(
  directories: readonly string[],
  units: readonly number[],
  unitBytes: number,
): readonly TorrentFileEntry[] {
  const perDirectory = Math.ceil(units.length / directories.length);
  return units.map((amount, index) => {
    const directory = directories[Math.floor(index / perDirectory)] ?? '';
    const name = `${String(index + 1).padStart(2, '0')}.bin`;
    return {
      path: directory === '' ? [name] : [directory, name],
      // No multiple of the piece length: neighbours share the pieces at their borders.
      bytes: amount * unitBytes + index * 777,
    };
  });
}
