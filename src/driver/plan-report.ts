/**
 * The plan report: what is done next, what every other torrent waits for, and how long each takes, as plain data for the
 * command line and the HTTP API. It goes over a wire unchanged: names as text, and nothing that only this program could read.
 */

import type { Action, WaitReason } from '../core/action.ts';
import type { Space } from '../core/budget.ts';
import { asByteString, displayText } from '../core/bytes.ts';
import type { QueueEta, Span } from '../core/eta.ts';
import { explainAction, explainWait, nameOf } from '../core/explain.ts';
import type { Infohash, ManagedTorrent } from '../core/metainfo.ts';
import { inQueueOrder } from '../core/queue.ts';
import type { Snapshot } from '../core/snapshot.ts';
import type { TorrentWindow } from '../core/torrent-window.ts';
import { windowOf } from '../core/torrent-window.ts';
import type { Moment } from './monitor.ts';
import type { RejectedFile, Sights } from './report.ts';
import { rejectedFiles, sightsOf } from './report.ts';

export interface PlanReport extends Sights {
  /** When the world was looked at, as ISO 8601 has it. */
  readonly takenAt: string;
  /** Null where the disk was not seen. */
  readonly space: Space | null;
  /** Until the last torrent that will be done is on the remote; undefined where nothing can be told. */
  readonly queueEta: Span | undefined;
  /** In the order in which they are carried out. */
  readonly actions: readonly PlannedAction[];
  /** In the order of the queue. */
  readonly waits: readonly PlannedWait[];
  /** Entries of the managed directory that hold no torrent. */
  readonly rejected: readonly RejectedFile[];
}

interface PlannedTorrent {
  readonly infohash: Infohash;
  readonly name: string;
  readonly sizeBytes: number;
  /** Until it is handed to rtorrent, from the look on; undefined where that cannot be told. 0 where it is there. */
  readonly start: Span | undefined;
  /** Until all of it is on the remote and its space is free again. */
  readonly end: Span | undefined;
  /** How its bytes stand; undefined while nothing of it is loaded, shipped or proved. */
  readonly window: TorrentWindow | undefined;
  readonly sentence: string;
}

export interface PlannedAction extends PlannedTorrent {
  readonly action: Action['kind'];
  /** Indices of the files that it is about; undefined where it is about the whole. */
  readonly files: readonly number[] | undefined;
}

export interface PlannedWait extends PlannedTorrent {
  /** Its `kind`, and the figures of that kind; paths as text. */
  readonly reason: Readonly<Record<string, unknown>> & Pick<WaitReason, 'kind'>;
}

/** Pure: the same look gives the same report. */
export function planReportOf({ snapshot, plan }: Moment, eta: QueueEta): PlanReport {
  const reasons = new Map(plan.waits.map(({ managed, reason }) => [managed, reason]));
  return {
    takenAt: new Date(snapshot.takenAtMs).toISOString(),
    ...sightsOf(snapshot),
    space: plan.space ?? null,
    queueEta: eta.whole,
    actions: plan.actions.map((action) => ({
      ...torrentOf(action.managed, snapshot, eta),
      action: action.kind,
      files: filesOf(action),
      sentence: explainAction(action),
    })),
    waits: inQueueOrder(reasons.keys(), snapshot.ledger.wishes).flatMap((managed) => {
      const reason = reasons.get(managed);
      if (reason === undefined) return [];
      const sentence = explainWait(reason, snapshot.takenAtMs);
      return { ...torrentOf(managed, snapshot, eta), reason: plainReason(reason), sentence };
    }),
    rejected: rejectedFiles(snapshot),
  };
}

function torrentOf(
  managed: ManagedTorrent,
  snapshot: Snapshot,
  eta: QueueEta,
): Omit<PlannedTorrent, 'sentence'> {
  const { infohash, totalBytes } = managed.metainfo;
  const times = eta.torrents.get(infohash);
  return {
    infohash,
    name: nameOf(managed),
    sizeBytes: totalBytes,
    start: times?.start,
    end: times?.end,
    window: windowOf(managed.metainfo, snapshot),
  };
}

function filesOf(action: Action): readonly number[] | undefined {
  if (!('files' in action)) return undefined;
  return action.files.map((file) => (typeof file === 'number' ? file : file.index));
}

/** Paths and names in a reason are bytes; a reader of JSON gets them as text. */
function plainReason(reason: WaitReason): PlannedWait['reason'] {
  const plain: Record<string, unknown> = { ...reason };
  for (const key of ['path', 'reported', 'other']) {
    const bytes = plain[key];
    if (typeof bytes === 'string') plain[key] = displayText(asByteString(bytes));
  }
  return { ...plain, kind: reason.kind };
}
