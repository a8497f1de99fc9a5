/**
 * Compares this program's decoders with those of npm, on what they have to read: rtorrent's list of 3,000 torrents, and
 * .torrent files of 20 files and 800 pieces. `node bench/decoders.ts [ROUNDS]`.
 */

import { fieldCommands } from '../src/adapters/rtorrent-fields.ts';
import type { Contender } from './contenders.ts';
import { bencodeDecoders, metainfoDecoders, xmlRpcDecoders } from './contenders.ts';
import { printTable, showSpread, spreadOf } from './figures.ts';
import { makeBenchTorrent } from './made-torrents.ts';
import { listReply } from '../test/unit/adapters/made-reply.ts';
import { compare, metainfoChecks, xmlRpcChecks } from './strictness.ts';

const listedCount = 3_000;
const parsedCount = 300;
const rounds = Number(process.argv[2] ?? 15);

const torrents = Array.from({ length: listedCount }, (_, number) => makeBenchTorrent(number));
const reply = Buffer.from(listReply(torrents, '/home/user/downloads'));
const files = torrents.slice(0, parsedCount).map((torrent) => torrent.bytes);

await race(
  `rtorrent's answer about ${listedCount} torrents: ${fieldCommands.length} columns, ${(reply.length / 1e6).toFixed(1)} MB`,
  xmlRpcDecoders,
  [reply],
);
await race(`${parsedCount} .torrent files of 20 files and 800 pieces`, metainfoDecoders, files);
await race(`the same files as bencode alone`, bencodeDecoders, files);
await judge('What becomes of odd answers', xmlRpcChecks, [xmlRpcDecoders, 'fast-xml-parser, the tree alone']);
await judge('What becomes of odd .torrent files', metainfoChecks, [metainfoDecoders, '']);

/** All take turns in every round, so that whatever else the machine does falls on all of them. */
async function race(
  heading: string,
  contenders: readonly Contender[],
  inputs: readonly Buffer[],
): Promise<void> {
  const times = new Map(contenders.map((contender) => [contender, [] as number[]]));
  const warmUps = 3;
  for (let round = -warmUps; round < rounds; round += 1) {
    for (const [contender, taken] of times) {
      globalThis.gc?.();
      const startedAt = performance.now();
      for (const input of inputs) await contender.decode(input);
      if (round >= 0) taken.push(performance.now() - startedAt);
    }
  }
  const ours = [...times].find(([{ isOurs }]) => isOurs)?.[1] ?? [];
  const rows = [...times].map(([{ name, isOurs }, taken]) => {
    const ratios = taken.map((time, round) => time / (ours[round] ?? Number.NaN));
    return [name, showSpread(spreadOf(taken), 1), isOurs ? '1' : showSpread(spreadOf(ratios), 1)];
  });
  printTable(heading, ['', 'ms: median (least–most)', 'theirs / ours'], rows);
}

async function judge(
  heading: string,
  checks: Parameters<typeof compare>[0],
  [contenders, leftOut]: readonly [readonly Contender[], string],
): Promise<void> {
  const judged = contenders.filter(({ name }) => name !== leftOut);
  const titles = judged.map(({ name }) => name.replace(/[,(].*$/, '').trim());
  printTable(heading, ['', ...titles], await compare(checks, judged));
}
