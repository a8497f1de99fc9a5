/** What the decoders make of bytes that are met in the wild, or are meant to do harm: shown beside their speed. */

import { hash } from 'node:crypto';
import type { BencodeInput } from '../test/support/bencode.ts';
import { bencode } from '../test/support/bencode.ts';
import type { Contender } from './contenders.ts';
import { response } from '../test/unit/adapters/made-reply.ts';

export interface Check {
  readonly question: string;
  readonly bytes: Buffer;
  /** What to say of a value that came back. */
  readonly judge: (value: unknown) => string;
}

const strangeName = Buffer.from([0x62, 0xff, 0xfe, 0x62]);

export const xmlRpcChecks: readonly Check[] = [
  {
    question: 'a name that is not UTF-8',
    bytes: answerWith(strangeName),
    judge: (value) => survives(value, strangeName.toString('latin1')),
  },
  {
    question: 'a control character, raw',
    bytes: answerWith(Buffer.from('a\u0001b')),
    judge: (value) => survives(value, 'a\u0001b'),
  },
  {
    question: 'blanks around a name',
    bytes: answerWith(Buffer.from('  a ')),
    judge: (value) => survives(value, '  a '),
  },
  {
    question: 'the integer 2^53 + 1',
    bytes: Buffer.from(response('<value><i8>9007199254740993</i8></value>')),
    judge: (value) => {
      if (String(value) !== '9007199254740993') return 'rounded';
      return typeof value === 'string' ? 'exact, but text' : 'exact';
    },
  },
  {
    question: 'an integer that is none',
    bytes: Buffer.from(response('<value><i8>12x</i8></value>')),
    judge: (value) => `accepted: ${String(value)}`,
  },
  {
    question: 'an answer that was cut off',
    bytes: Buffer.from(
      response(
        '<value><array><data><value><i8>1</i8></value><value><i8>2</i8></value></data></array></value>',
      ),
    ).subarray(0, -95),
    judge: (value) => `accepted: ${String(value)}`,
  },
];

const wholesome = { length: 5, path: ['a.bin'] };

export const metainfoChecks: readonly Check[] = [
  {
    question: 'a path with ".." in it',
    bytes: torrentWith({ files: [{ length: 5, path: ['..', '..', 'etc', 'passwd'] }] }),
    judge: (value) => `accepted${firstPathOf(value)}`,
  },
  {
    question: 'a "/" within a name',
    bytes: torrentWith({ files: [{ length: 5, path: ['../../x'] }] }),
    judge: (value) => `accepted${firstPathOf(value)}`,
  },
  {
    question: 'a name that is not UTF-8',
    bytes: torrentWith({ name: strangeName, files: [wholesome] }),
    judge: (value) => survives(nameOf(value), strangeName.toString('latin1')),
  },
  {
    question: 'the same path twice',
    bytes: torrentWith({ files: [wholesome, wholesome] }),
    judge: () => 'accepted',
  },
  {
    question: 'fewer piece hashes than pieces',
    bytes: torrentWith({ files: [{ length: 5_000_000, path: ['a.bin'] }] }),
    judge: () => 'accepted',
  },
  {
    question: 'a length of 2^53 + 1',
    bytes: withText(torrentWith({ files: [wholesome] }), 'i5e', 'i9007199254740993e'),
    judge: () => 'accepted, rounded',
  },
  {
    question: 'something after the end',
    bytes: Buffer.concat([torrentWith({ files: [wholesome] }), Buffer.from('<html>')]),
    judge: () => 'accepted',
  },
  {
    question: 'an infohash over keys out of order',
    bytes: withText(
      torrentWith({ files: [wholesome] }),
      '6:lengthi5e4:pathl5:a.bine',
      '4:pathl5:a.bine6:lengthi5e',
    ),
    judge: judgeInfohash,
  },
];

/** One line a check: the question, then what each contender made of it. */
export async function compare(
  checks: readonly Check[],
  contenders: readonly Contender[],
): Promise<readonly (readonly string[])[]> {
  return await Promise.all(
    checks.map(async ({ question, bytes, judge }) => [
      question,
      ...(await Promise.all(contenders.map((contender) => attempt(contender, bytes, judge)))),
    ]),
  );
}

async function attempt(contender: Contender, bytes: Buffer, judge: Check['judge']): Promise<string> {
  let value: unknown;
  try {
    value = await contender.decode(bytes);
  } catch {
    return 'refused';
  }
  return judge(value);
}

function answerWith(name: Buffer): Buffer {
  const [before, after] = response('<value><string>|</string></value>').split('|') as [string, string];
  return Buffer.concat([Buffer.from(before), name, Buffer.from(after)]);
}

function torrentWith(info: { readonly [key: string]: BencodeInput }): Buffer {
  const whole = { name: 'n', 'piece length': 16_384, pieces: Buffer.alloc(20), ...info };
  return bencode({ announce: 'http://tracker.example.org/announce', info: whole });
}

function withText(bytes: Buffer, from: string, to: string): Buffer {
  return Buffer.from(bytes.toString('latin1').replace(from, to), 'latin1');
}

function survives(value: unknown, expected: string): string {
  return value === expected ? 'survives' : `becomes ${JSON.stringify(value)}`;
}

interface AnyTorrent {
  readonly name?: string;
  readonly info?: { readonly name: Uint8Array };
  readonly infoHash?: string;
  readonly files?: readonly { readonly path: string }[];
}

/** What a program would take for the torrent's name; plain bytes as bytes. */
function nameOf(value: unknown): string {
  const { name, info } = value as AnyTorrent;
  return name ?? Buffer.from(info?.name ?? []).toString('latin1');
}

function firstPathOf(value: unknown): string {
  const path = (value as AnyTorrent).files?.[0]?.path;
  return path === undefined ? ' (bytes alone)' : `: ${path}`;
}

/** Clients hash the very bytes of `info`; who decodes and encodes again gets another torrent. */
function judgeInfohash(value: unknown): string {
  const { infoHash } = value as AnyTorrent;
  if (infoHash === undefined) return 'accepted (no infohash)';
  const check = metainfoChecks.find(({ judge }) => judge === judgeInfohash);
  const bytes = check?.bytes.subarray(check.bytes.indexOf('4:info') + 6, -1) ?? Buffer.alloc(0);
  return infoHash === hash('sha1', bytes, 'hex') ? 'right' : 'wrong infohash';
}
