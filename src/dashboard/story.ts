/** A torrent's story: how far it has come on its way to the remote, what was proved of it, and what was done when. */

import { displayText } from '../core/bytes.ts';
import type { Infohash, ManagedTorrent } from '../core/metainfo.ts';
import { contentFiles } from '../core/metainfo.ts';
import type { ReceiptRecord } from '../core/prove.ts';
import type { Policy } from '../core/policy.ts';
import { countOf, formatBytes } from '../core/units.ts';
import { whyOf } from '../core/why.ts';
import type { Look } from '../driver/report.ts';
import type { StatusRow } from '../driver/status.ts';
import type { Chapter, HistoryEntry, Story, StoryFile } from './wire.ts';

/** Some torrents have files by the ten thousands. */
const mostFiles = 1000;

export interface StorySources {
  readonly infohash: Infohash;
  readonly look: Look | undefined;
  readonly policy: Policy;
  /** Of this torrent, newest first. */
  readonly history: readonly HistoryEntry[];
  readonly receipts: readonly ReceiptRecord[];
}

/** Undefined where nobody ever heard of it. */
export function storyOf(sources: StorySources): Story | undefined {
  const { infohash, look, policy, history, receipts } = sources;
  const managed = look?.snapshot.managed.get(infohash);
  const name = managed === undefined ? history[0]?.name : displayText(managed.metainfo.name);
  if (name === undefined) return undefined;
  const row = look?.report.torrents.find((one) => one.infohash === infohash);
  const files = managed === undefined ? filesOfReceipts(receipts) : filesOf(managed, receipts);
  return {
    infohash,
    name,
    row,
    why: look && managed && whyOf(managed, { ...look, policy }),
    chapters: chaptersOf({ managed, row, history, receipts, fileCount: files.length }),
    problems: look?.report.problems.filter(({ infohashes }) => infohashes.includes(infohash)) ?? [],
    files: files.slice(0, mostFiles),
    fileCount: files.length,
    history,
  };
}

function filesOf({ metainfo }: ManagedTorrent, receipts: readonly ReceiptRecord[]): readonly StoryFile[] {
  const byIndex = new Map(receipts.map((receipt) => [receipt.fileIndex, receipt]));
  return contentFiles(metainfo).map(({ index, path, lengthBytes }) => {
    const receipt = byIndex.get(index);
    return { path: displayText(path), lengthBytes, receipt: receipt && receiptOf(receipt) };
  });
}

/** Of a torrent whose .torrent is gone only the proofs are known. */
function filesOfReceipts(receipts: readonly ReceiptRecord[]): readonly StoryFile[] {
  return receipts.map((receipt) => ({
    path: displayText(receipt.remotePath),
    lengthBytes: receipt.lengthBytes,
    receipt: receiptOf(receipt),
  }));
}

function receiptOf({ remotePath, method, digest, provedAtMs }: ReceiptRecord): StoryFile['receipt'] {
  return { remotePath: displayText(remotePath), method, digest, provedAtMs };
}

interface Told {
  readonly managed: ManagedTorrent | undefined;
  readonly row: StatusRow | undefined;
  readonly history: readonly HistoryEntry[];
  readonly receipts: readonly ReceiptRecord[];
  readonly fileCount: number;
}

interface Step extends Omit<Chapter, 'state'> {
  readonly isDone: boolean;
  /** Of a torrent in parts, some files are shipped while others are fetched. */
  readonly hasBegun?: boolean;
}

/** What is done implies all before it; the first that is not done is under way, or next. */
function chaptersOf(told: Told): readonly Chapter[] {
  const steps = stepsOf(told);
  const lastDone = steps.findLastIndex(({ isDone }) => isDone);
  return steps.map(({ isDone: _, hasBegun = false, ...step }, index) => {
    const isCurrent = index === lastDone + 1 || hasBegun;
    return { ...step, state: index <= lastDone ? 'done' : isCurrent ? 'current' : 'ahead' };
  });
}

function stepsOf(told: Told): readonly Step[] {
  return [...stepsHere(told), ...stepsThere(told)];
}

/** Until it is ready to be shipped. */
function stepsHere({ managed, row, history }: Told): readonly Step[] {
  const loaded = history.findLast(({ action }) => action === 'load' || action === 'select');
  const isLoaded = row?.ratio !== undefined;
  return [
    {
      kind: 'added',
      isDone: true,
      atMs: managed?.addedAtMs ?? history.at(-1)?.atMs,
      detail: managed === undefined ? '' : formatBytes(managed.metainfo.totalBytes),
    },
    {
      kind: 'loaded',
      isDone: loaded !== undefined || isLoaded,
      atMs: loaded?.atMs,
      detail: loaded?.detail ?? '',
    },
    {
      kind: 'completed',
      isDone: row?.progress === 1,
      detail: row === undefined ? '' : `${Math.floor(row.progress * 100)} %`,
    },
    {
      kind: 'seeded',
      isDone: row?.progress === 1 && row.reason !== 'ratio',
      detail: row?.ratio === undefined ? '' : `ratio ${row.ratio.toFixed(2)}`,
    },
  ];
}

/** From there on. */
function stepsThere({ managed, row, history, receipts, fileCount }: Told): readonly Step[] {
  const last = (...wanted: readonly HistoryEntry['action'][]): HistoryEntry | undefined =>
    history.find(({ action }) => wanted.includes(action));
  const shipped = last('ship', 'stream');
  const purged = last('purge', 'roll');
  const retired = managed === undefined ? last('retire') : undefined;
  const isProved = fileCount > 0 && receipts.length >= fileCount;
  const isShipped = shipped !== undefined && row?.progress === 1 && row.state !== 'shipping';
  return [
    {
      kind: 'shipped',
      isDone: isProved || isShipped,
      hasBegun: shipped !== undefined,
      atMs: shipped?.atMs,
      detail: shipped === undefined ? '' : `${countOf(shipped.files, 'file')}, ${formatBytes(shipped.bytes)}`,
    },
    {
      kind: 'proved',
      isDone: isProved,
      hasBegun: receipts.length > 0,
      atMs: receipts.length === 0 ? undefined : Math.max(...receipts.map(({ provedAtMs }) => provedAtMs)),
      detail: `${receipts.length} of ${countOf(fileCount, 'file')}`,
    },
    {
      kind: 'deleted',
      isDone: purged !== undefined && isProved,
      hasBegun: purged !== undefined,
      atMs: purged?.atMs,
      detail: purged?.detail ?? '',
    },
    { kind: 'retired', isDone: retired !== undefined, atMs: retired?.atMs, detail: retired?.detail ?? '' },
  ];
}
