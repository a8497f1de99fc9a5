/** Makes the .torrent files of the benchmarks: 20 files, 800 pieces, names and sizes as they are met in the wild. */

import { createCipheriv, hash } from 'node:crypto';
import { bencode } from '../test/support/bencode.ts';

export interface BenchTorrent {
  readonly name: string;
  /** 40 upper-case hex digits. */
  readonly infohash: string;
  readonly totalBytes: number;
  /** In the torrent's order; paths below its own directory. */
  readonly files: readonly { readonly path: readonly string[]; readonly lengthBytes: number }[];
  /** The .torrent itself. */
  readonly bytes: Buffer;
}

export const filesInTorrent = 20;
export const piecesInTorrent = 800;

const subjects = [
  'Harbour',
  'Meadow',
  'Lantern',
  'Glacier',
  'Orchard',
  'Été à Nîmes',
  'Straßenbahn',
  '夜の図書館',
];
const qualities = ['480p.DVDRip.x264', '720p.WEB-DL.AAC2.0.H.264', '1080p.BluRay.x265.10bit'];
const groups = ['NORTH', 'kestrel', 'OPENreel', 'tidepool'];
const zeros = Buffer.alloc(piecesInTorrent * 20);

/** The torrent of that number: the same one each time, on every machine. From 0.2 to 3.4 GB, or 13.4 GB where it is large. */
export function makeBenchTorrent(number: number, isLarge = false): BenchTorrent {
  const random = randomOf(number);
  const pieceLength = isLarge ? 2 ** 24 : 2 ** (18 + Math.floor(random() * 5));
  // The last piece is not full: torrents end where they end.
  const totalBytes = piecesInTorrent * pieceLength - 1 - Math.floor(random() * (pieceLength - 1));
  const title = `${pick(subjects, random)} ${1950 + Math.floor(random() * 70)}`;
  const tail = `${pick(qualities, random)}-${pick(groups, random)}`;
  const name = `${title} S${two(1 + (number % 12))} ${tail} [${number.toString(36)}]`;
  const files = makeFiles(title, tail, totalBytes, random);
  const info = bencode({
    name,
    'piece length': pieceLength,
    pieces: pieceHashes(number),
    private: number % 3 === 0 ? 1 : 0,
    files: files.map(({ path, lengthBytes }) => ({ length: lengthBytes, path })),
  });
  const head = bencode({
    announce: 'https://tracker.example.org:2710/0123456789abcdef0123456789abcdef/announce',
    'announce-list': [['https://tracker.example.org:2710/announce'], ['udp://tracker.example.net:6969']],
    comment: `Torrent ${number}`,
    'created by': 'mktorrent 1.1',
    'creation date': 1_500_000_000 + number,
    encoding: 'UTF-8',
  });
  // "info" sorts behind all of those keys.
  const bytes = Buffer.concat([head.subarray(0, -1), Buffer.from('4:info'), info, Buffer.from('e')]);
  return { name, infohash: hash('sha1', info, 'hex').toUpperCase(), totalBytes, files, bytes };
}

/** Sixteen episodes share most of the bytes; the rest is what comes with them. */
function makeFiles(
  title: string,
  tail: string,
  totalBytes: number,
  random: () => number,
): BenchTorrent['files'] {
  const base = title.replaceAll(' ', '.');
  const small = [
    { path: ['Cover.jpg'], lengthBytes: 40_000 + Math.floor(random() * 400_000) },
    {
      path: ['Extras', `${base}.behind.the.scenes.srt`],
      lengthBytes: 20_000 + Math.floor(random() * 90_000),
    },
    { path: ['Subs', `${base}.en.idx`], lengthBytes: 30_000 + Math.floor(random() * 90_000) },
    { path: [`${base}.nfo`], lengthBytes: 1_000 + Math.floor(random() * 9_000) },
  ];
  const episodes = filesInTorrent - small.length;
  let left = totalBytes - small.reduce((sum, file) => sum + file.lengthBytes, 0);
  const large = Array.from({ length: episodes }, (_, index) => {
    const rest = episodes - index;
    const lengthBytes = rest === 1 ? left : Math.floor((left / rest) * (0.8 + random() * 0.4));
    left -= lengthBytes;
    return { path: [`${base}.E${two(index + 1)}.${tail}.mkv`], lengthBytes };
  });
  return [...large, ...small];
}

/** Pseudo-random bytes, made fast. */
function pieceHashes(number: number): Buffer {
  const key = Buffer.alloc(16);
  key.writeUInt32LE(number);
  return createCipheriv('aes-128-ctr', key, Buffer.alloc(16)).update(zeros);
}

function pick(choices: readonly string[], random: () => number): string {
  return choices[Math.floor(random() * choices.length)] ?? '';
}

function two(number: number): string {
  return String(number).padStart(2, '0');
}

/** Numbers from 0 up to 1 (exclusive), decided by the seed (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
