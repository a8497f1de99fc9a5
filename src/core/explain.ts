/** Plans in words: one line for every action and every reason to wait, shared by the command line and the log. */

import type { Action, WaitReason } from './action.ts';
import type { Space } from './budget.ts';
import { displayText, printableText } from './bytes.ts';
import type { ManagedTorrent } from './metainfo.ts';
import { contentFiles } from './metainfo.ts';
import type { Failure, Job } from './snapshot.ts';
import { countOf, formatBytes, formatDuration } from './units.ts';

/** What the action does, as a clause that follows the torrent's name: `load it whole (4.0 GiB)`. */
export function explainAction(action: Action): string {
  switch (action.kind) {
    case 'load':
      return `load it whole: it needs ${formatBytes(action.reservedBytes)} more`;
    case 'select':
      return `fetch ${countOf(action.files.length, 'file')} of ${contentFiles(action.managed.metainfo).length}, which need ${formatBytes(action.reservedBytes)} more`;
    case 'extend':
      return `fetch ${countOf(action.files.length, 'file')} more: there is room, and it need not stop`;
    case 'roll':
      return `delete ${countOf(action.receipts.length, 'local file')} that ${action.receipts.length === 1 ? 'is' : 'are'} proved to be on the remote, and fetch the next ones in their place`;
    case 'unload':
      return 'take it out of rtorrent and keep its data, to load it anew';
    case 'set-aside':
      return `set it aside for others: ${action.failure.message}${action.files.length > 0 ? `; ${countOf(action.files.length, 'unfinished file')} deleted` : ''}`;
    case 'start':
      return 'start it again: rtorrent had closed it, and there is room now';
    case 'tidy':
      return `delete ${countOf(action.files.length, 'unfinished local file')}: they leave no room to finish any`;
    case 'place':
      return `ship it to ${displayText(action.place)}: the remote holds something else under its name`;
    case 'ship':
      return `ship ${countOf(action.files.length, 'file')} (${formatBytes(bytesOf(action.files))}) to the remote`;
    case 'stream':
      return `stream ${displayText(action.files[0].path)} (${formatBytes(action.files[0].lengthBytes)}) to the remote piece by piece, through ${formatBytes(action.windowBytes)}`;
    case 'prove':
      return `prove ${countOf(action.files.length, 'file')} (${formatBytes(bytesOf(action.files))}): compare both copies`;
    case 'purge':
      return `delete ${countOf(action.files.length, 'local file')}: every one is proved to be on the remote`;
    case 'retire':
      return 'take the .torrent out of the managed directory: all of it is on the remote';
  }
}

/** Why a torrent waits, and what a person can do about it, where something can be done. */
export interface Explanation {
  /** A clause that follows the torrent's name: `needs 4.0 GiB, 1.0 GiB is left`. */
  readonly why: string;
  readonly remedy?: string | undefined;
}

/** Why a torrent waits, in one clause, the remedy in it. */
export function explainWait(reason: WaitReason, nowMs: number): string {
  const { why, remedy } = explanationOf(reason, nowMs);
  return remedy === undefined ? why : `${why} — ${remedy}`;
}

/** As `explainWait`, with the remedy apart. */
export function explanationOf(reason: WaitReason, nowMs: number): Explanation {
  const words = wordsOf(reason, nowMs);
  return typeof words === 'string' ? { why: words } : words;
}

function wordsOf(reason: WaitReason, nowMs: number): string | Explanation {
  switch (reason.kind) {
    case 'downloading':
      return `downloading: ${share(reason.doneBytes, reason.totalBytes)} of ${formatBytes(reason.totalBytes)}`;
    case 'hashing':
      return 'rtorrent is checking its data';
    case 'details-unseen':
      return 'rtorrent did not tell which pieces it has; it is asked again';
    case 'stopped':
      return withRemedy('stopped by hand in rtorrent', 'start it there to go on');
    case 'partly-wanted':
      return withRemedy('some of its files are switched off in rtorrent', 'switch them on to go on');
    case 'ratio':
      return explainSeeding(reason);
    case 'space':
      return `needs ${formatBytes(reason.needBytes)}, ${leftText(reason)}`;
    case 'room-kept':
      return `needs ${formatBytes(reason.needBytes)}; of ${formatBytes(reason.roomBytes)} that are left, room is kept for ${displayText(reason.other)}, which has waited longest`;
    case 'low-diskspace':
      return `rtorrent closed it for low disk space; it needs ${formatBytes(reason.needBytes)}, ${formatBytes(reason.roomBytes)} is left`;
    case 'job':
      return `${jobWords[reason.job]}: ${share(reason.doneBytes, reason.totalBytes)} of ${formatBytes(reason.totalBytes)}`;
    case 'transfer-slot':
      return 'ready to ship; waits for a transfer to end';
    case 'batch':
      return `fetching ${countOf(reason.files, 'file')} in parts: ${share(reason.doneBytes, reason.totalBytes)} of ${formatBytes(reason.totalBytes)} complete`;
    case 'oversize-turn':
      return 'too large for the limit; fetched in parts after the one that is under way';
    case 'file-too-large':
    case 'window-too-small':
    case 'private-oversize':
    case 'oversize-off':
      return explainOversize(reason);
    case 'path-taken':
      return withRemedy(
        `another torrent in rtorrent uses ${displayText(reason.path)}`,
        'it is loaded when that one is gone',
      );
    case 'shared-files':
      return withRemedy(
        `shares its directory with ${displayText(reason.other)}, whose files rtorrent does not name clearly`,
        'move one of them',
      );
    case 'place-unknown':
      return withRemedy(
        `rtorrent reports its directory as ${displayText(reason.reported)}, with bytes lost`,
        'set a directory of plain characters',
      );
    case 'remote-unseen':
      return withRemedy(`the remote cannot be seen: ${printableText(reason.reason)}`, reason.remedy);
    case 'remote-conflict':
      return withRemedy(
        `the remote holds another ${displayText(reason.path)} that was not put there for this torrent`,
        'move it away there',
      );
    case 'rtorrent-unseen':
      return withRemedy(`rtorrent cannot be seen: ${printableText(reason.reason)}`, reason.remedy);
    case 'disk-unseen':
      return withRemedy(`the disk cannot be seen: ${printableText(reason.reason)}`, reason.remedy);
    case 'retry':
      return withRemedy(explainFailure(reason.failure, nowMs), reason.failure.remedy);
    case 'stalled':
      return `nothing has arrived for ${formatDuration(nowMs - reason.sinceMs)}, at ${share(reason.doneBytes, reason.totalBytes)}; it makes way as soon as another one waits for its space`;
    case 'paused':
      return 'paused by command; resume it to go on';
  }
}

/** Rounded, both may read the same. */
function leftText({
  needBytes,
  roomBytes,
}: {
  readonly needBytes: number;
  readonly roomBytes: number;
}): string {
  const left = formatBytes(roomBytes);
  return left === formatBytes(needBytes) && roomBytes < needBytes
    ? `${formatBytes(needBytes - roomBytes)} more than is left`
    : `${left} is left`;
}

type OversizeReason = Extract<
  WaitReason,
  { kind: 'file-too-large' | 'window-too-small' | 'private-oversize' | 'oversize-off' }
>;

function explainOversize(reason: OversizeReason): Explanation {
  switch (reason.kind) {
    case 'file-too-large':
      if (reason.keptBytes !== undefined) {
        return withRemedy(
          `its file ${displayText(reason.path)} needs ${formatBytes(reason.needBytes)} with the ${formatBytes(reason.keptBytes)} of others that are kept because nothing proves them, the limit is ${formatBytes(reason.limitBytes)}`,
          `give it at least ${atLeastText(reason.needBytes)} (space_limit, and free on the filesystem)`,
        );
      }
      return withRemedy(
        `its file ${displayText(reason.path)} alone needs ${formatBytes(reason.needBytes)}, the limit is ${formatBytes(reason.limitBytes)}`,
        `give it at least ${atLeastText(reason.needBytes)} (space_limit, and free on the filesystem), or write oversize = pieces`,
      );
    case 'window-too-small':
      return withRemedy(
        `its file ${displayText(reason.path)} is too large for the limit, and to stream it takes ${formatBytes(reason.needBytes)}; the limit is ${formatBytes(reason.limitBytes)}`,
        `give it at least ${atLeastText(reason.needBytes)} (space_limit, and free on the filesystem)`,
      );
    case 'private-oversize':
      return withRemedy(
        `its file ${displayText(reason.path)} is too large for the limit, and private: streamed, it would upload nothing and earn no ratio`,
        'write oversize_private = yes to have it streamed all the same, or raise space_limit',
      );
    case 'oversize-off':
      return withRemedy(
        `needs ${formatBytes(reason.needBytes)}, the limit is ${formatBytes(reason.limitBytes)}, and oversize is off`,
        'raise space_limit, or write oversize = files or pieces',
      );
  }
}

const jobWords: Readonly<Record<Job['kind'], string>> = {
  ship: 'being shipped',
  prove: 'being proved',
  stream: 'being streamed to the remote',
};

/** Rounded up, in a unit that can be written into the configuration: what is rounded down would not do. */
function atLeastText(bytes: number): string {
  const gibibytes = bytes / 1024 ** 3;
  return gibibytes >= 10 ? `${Math.ceil(gibibytes)} GiB` : `${Math.ceil(bytes / 1024 ** 2)} MiB`;
}

/** `seeding: ratio 0.52 of 1.00, and 3h of 3d; at most 30d`. */
function explainSeeding({ ratio, seededMs, terms, isShipped }: WaitReason & { kind: 'ratio' }): string {
  const { requiredRatio, requiredSeedTimeMs, match, mostSeedTimeMs } = terms;
  const demands: string[] = [];
  if (requiredRatio > 0) demands.push(`ratio ${ratio.toFixed(2)} of ${requiredRatio.toFixed(2)}`);
  if (requiredSeedTimeMs > 0)
    demands.push(`${formatDuration(seededMs)} of ${formatDuration(requiredSeedTimeMs)}`);
  const ceiling = Number.isFinite(mostSeedTimeMs) ? `; at most ${formatDuration(mostSeedTimeMs)}` : '';
  const whole = `${demands.join(match === 'all' ? ', and ' : ', or ')}${ceiling}`;
  return isShipped ? `on the remote, seeding on: ${whole}` : `seeding: ${whole}`;
}

const limitNames: Readonly<Record<Space['limitedBy'], string>> = {
  space_limit: 'space_limit',
  filesystem: 'what the filesystem has, less the reserve',
  quota: 'what your quota leaves, less the reserve',
};

/** The figures of the space, in three lines. */
export function explainSpace(space: Space): readonly string[] {
  const by = limitNames[space.limitedBy];
  const where = space.limitedBy === 'quota' ? 'quota     ' : 'filesystem';
  return [
    `limit      ${formatBytes(space.limitBytes)} (${by})`,
    `allocated  ${formatBytes(space.allocatedBytes)}, reserved ${formatBytes(space.promisedBytes)}, free ${formatBytes(space.roomBytes)}`,
    `${where} ${formatBytes(space.freeBytes)} unused, of which ${formatBytes(space.reserveBytes)} is left alone`,
  ];
}

/** A word or two for each reason, for counting torrents by it: `3 downloading, 2 waiting for space`. */
export const waitLabels: Readonly<Record<WaitReason['kind'], string>> = {
  downloading: 'downloading',
  hashing: 'being checked',
  'details-unseen': 'not told of by rtorrent',
  stopped: 'stopped by hand',
  'partly-wanted': 'with files switched off',
  ratio: 'seeding for the ratio',
  space: 'waiting for space',
  'room-kept': 'waiting behind one that has waited longest',
  'low-diskspace': 'closed for low disk space',
  job: 'in transfer',
  'transfer-slot': 'waiting for a transfer to end',
  batch: 'fetched in parts',
  'oversize-turn': 'waiting to be fetched in parts',
  'file-too-large': 'with a file larger than the limit',
  'window-too-small': 'with a file too large to be streamed within the limit',
  'private-oversize': 'too large, and private',
  'oversize-off': 'too large for the limit',
  'path-taken': 'waiting for another one at their place',
  'shared-files': 'sharing a directory',
  'place-unknown': 'at an unknown place',
  'remote-unseen': 'waiting for the remote',
  'remote-conflict': 'in conflict with the remote',
  'rtorrent-unseen': 'waiting for rtorrent',
  'disk-unseen': 'waiting for the disk',
  retry: 'resting after a failure',
  paused: 'paused',
  stalled: 'stalled',
};

/**
 * What failed and how often, and when it is tried again: `ship failed 2 times: the remote is full; tried again in 4m`, or
 * `tried again now`.
 */
export function explainFailure({ step, message, count, retryAtMs }: Failure, nowMs: number): string {
  const times = count === 1 ? 'once' : `${count} times`;
  const when = retryAtMs > nowMs ? `in ${formatDuration(retryAtMs - nowMs)}` : 'now';
  return `${step} failed ${times}: ${printableText(message)}; tried again ${when}`;
}

/** The torrent's name, for a person. */
export function nameOf({ metainfo }: ManagedTorrent): string {
  return displayText(metainfo.name);
}

function bytesOf(files: readonly { readonly lengthBytes: number }[]): number {
  return files.reduce((sum, file) => sum + file.lengthBytes, 0);
}

/** Rounded down: 100 % is said of nothing that is not whole. */
function share(part: number, whole: number): string {
  return `${whole === 0 ? 100 : Math.floor((part / whole) * 100)} %`;
}

function withRemedy(why: string, remedy: string | undefined): Explanation {
  return { why, remedy: remedy === undefined ? undefined : printableText(remedy) };
}
