/** Problems: what a person has to do something about, as one short list that every screen shares. */

import type { Plan, Wait, WaitReason } from './action.ts';
import { displayText, printableText } from './bytes.ts';
import { explainFailure, explanationOf, nameOf } from './explain.ts';
import type { Infohash, ManagedTorrent } from './metainfo.ts';
import { lastingSinceMs } from './onset.ts';
import type { Failure, Snapshot } from './snapshot.ts';
import { stallStep } from './retry.ts';
import { formatBytes } from './units.ts';

/** An error stands still until somebody acts; a warning may mend itself, or is only worth knowing. */
export type Severity = 'error' | 'warning';

export type ProblemKind =
  | WaitReason['kind']
  /** The managed directory or the ledger cannot be read: nothing can be decided. */
  | 'host-unseen'
  /** An entry of the managed directory that holds no torrent. */
  | 'rejected'
  /** Managed torrents take, or were promised, more than the limit. */
  | 'over-limit'
  /** The filesystem, or a quota on it, gives less than the limit asks for. */
  | 'filesystem-limit'
  /** rtorrent complains of a torrent: of its tracker, mostly. */
  | 'rtorrent-message';

/** Torrents that wait for one and the same thing are one problem, not many. */
export interface Problem {
  /** Stays the same from look to look while the problem lasts. */
  readonly id: string;
  readonly severity: Severity;
  readonly kind: ProblemKind;
  /** The torrents that it is about, in the order of the queue; none where it is about the whole. */
  readonly infohashes: readonly Infohash[];
  /** What is wrong, with the torrent's name in it. */
  readonly sentence: string;
  /** What to do about it. */
  readonly remedy?: string | undefined;
  /** Since when it lasts; the time of the look where that saw it first. */
  readonly sinceMs: number;
}

/** As one look finds it. */
interface FoundProblem extends Omit<Problem, 'sinceMs'> {
  /** Undefined where the look alone cannot tell. */
  readonly sinceMs?: number | undefined;
}

/** Which reasons to wait are problems; all others are the ordinary course of things. */
const severities: Readonly<Record<WaitReason['kind'], Severity | undefined>> = {
  downloading: undefined,
  hashing: undefined,
  paused: undefined,
  stalled: 'warning',
  'details-unseen': undefined,
  stopped: 'warning',
  'partly-wanted': 'warning',
  ratio: undefined,
  space: undefined,
  'room-kept': undefined,
  'low-diskspace': 'warning',
  job: undefined,
  'transfer-slot': undefined,
  batch: undefined,
  'oversize-turn': undefined,
  'file-too-large': 'error',
  'window-too-small': 'error',
  'private-oversize': 'error',
  'oversize-off': 'warning',
  'path-taken': 'warning',
  'shared-files': 'error',
  'place-unknown': 'error',
  'remote-unseen': 'error',
  'remote-conflict': 'error',
  'rtorrent-unseen': 'error',
  'disk-unseen': 'error',
  retry: 'warning',
};

/** What fails this often in a row does not mend itself. */
const failuresOfAnError = 3;

/** About the world as a whole: naming torrents would say nothing. */
const nameless: ReadonlySet<ProblemKind> = new Set<ProblemKind>([
  'host-unseen',
  'remote-unseen',
  'rtorrent-unseen',
  'disk-unseen',
]);

/** What is said of them has figures in it that move with the limit. */
const hasFigures: ReadonlySet<ProblemKind> = new Set<ProblemKind>([
  'file-too-large',
  'window-too-small',
  'oversize-off',
]);

/** What keeps the driver from looking at all. `sinceMs` is when it began. */
export function hostProblem(
  { message, remedy }: { readonly message: string; readonly remedy?: string | undefined },
  sinceMs: number,
): Problem {
  const sentence = `nothing can be done: ${printableText(message)}`;
  const about = { id: 'host-unseen', kind: 'host-unseen', severity: 'error', infohashes: [] } as const;
  return { ...about, sentence, remedy: remedy === undefined ? undefined : printableText(remedy), sinceMs };
}

/** Whether a part of the world as a whole cannot be seen. */
export function isBlindness({ kind }: Pick<Problem, 'kind'>): boolean {
  return nameless.has(kind);
}

/** All problems of one look: errors first, then in the order of the queue. */
export function problemsOf(snapshot: Snapshot, plan: Plan): readonly Problem[] {
  const { takenAtMs, ledger } = snapshot;
  const all = [
    ...waitProblems(snapshot, plan),
    ...spaceProblems(plan),
    ...rejectedProblems(snapshot),
    ...messageProblems(snapshot),
  ].map((found) => ({
    ...found,
    sinceMs: found.sinceMs ?? lastingSinceMs(ledger.onsets.get(found.id), takenAtMs),
  }));
  return all.toSorted((one, other) => rank(one) - rank(other));
}

function rank({ severity }: Pick<Problem, 'severity'>): number {
  return severity === 'error' ? 0 : 1;
}

interface Complaint {
  readonly managed: ManagedTorrent;
  readonly kind: ProblemKind;
  readonly severity: Severity;
  /** What it has in common with others; the same from look to look, so without figures that move. */
  readonly shared: string;
  readonly why: string;
  /** The same of several, where `why` has figures of one in it. */
  readonly whyOfMany?: string | undefined;
  readonly remedy?: string | undefined;
  readonly failure?: Failure | undefined;
  readonly sinceMs?: number | undefined;
}

function waitProblems(snapshot: Snapshot, plan: Plan): readonly FoundProblem[] {
  const { takenAtMs, managed, rtorrent } = snapshot;
  // Without torrents nobody waits for rtorrent, and it is to be told all the same.
  if (managed.size === 0 && !rtorrent.seen) {
    const { reason, remedy } = rtorrent;
    const { why } = explanationOf({ kind: 'rtorrent-unseen', reason, remedy }, takenAtMs);
    const about = { kind: 'rtorrent-unseen', severity: 'error', infohashes: [] } as const;
    return [{ id: about.kind, ...about, sentence: why, remedy }];
  }
  // Most waits are none, and there are thousands.
  const complaining = plan.waits.filter(({ reason }) => severities[reason.kind] !== undefined);
  const waiting = complaining.flatMap((wait) => complaintOf(wait, takenAtMs) ?? []);
  const trying = attempts(snapshot, plan).map((wait) => failureComplaint(wait, takenAtMs));
  return gathered([...waiting, ...trying], takenAtMs);
}

interface Failed {
  readonly managed: ManagedTorrent;
  readonly failure: Failure;
}

/** What failed and is being tried again: it lasts until that has come to a good end. */
function attempts({ managed, jobs, ledger }: Snapshot, { actions, waits }: Plan): readonly Failed[] {
  return [...ledger.failures].flatMap(([infohash, failure]): Failed | [] => {
    const { step } = failure;
    const torrent = managed.get(infohash);
    const isUnderWay =
      jobs.some((job) => job.infohash === infohash && job.kind === step) ||
      actions.some((action) => action.managed.metainfo.infohash === infohash && action.kind === step) ||
      (step === stallStep &&
        waits.some((wait) => wait.managed.metainfo.infohash === infohash && isFetched(wait.reason)));
    return torrent !== undefined && isUnderWay ? { managed: torrent, failure } : [];
  });
}

function isFetched({ kind }: WaitReason): boolean {
  return kind === 'downloading' || kind === 'batch';
}

function failureComplaint({ managed, failure }: Failed, nowMs: number): Complaint {
  const { step, message, remedy, sinceMs } = failure;
  return {
    managed,
    kind: 'retry',
    severity: 'warning',
    // How long nothing arrived is another figure each time.
    shared: step === stallStep ? step : `${step}: ${printableText(message)}`,
    why: explainFailure(failure, nowMs),
    remedy,
    failure,
    sinceMs,
  };
}

function complaintOf({ managed, reason }: Wait, nowMs: number): Complaint | undefined {
  const { kind } = reason;
  const severity = severities[kind];
  if (severity === undefined) return undefined;
  const { why, remedy } = explanationOf(reason, nowMs);
  const common = { managed, kind, severity, why, remedy };
  if (kind === 'retry') return failureComplaint({ managed, failure: reason.failure }, nowMs);
  if (kind === 'stalled') {
    return { ...common, shared: '', whyOfMany: 'nothing has arrived for long', sinceMs: reason.sinceMs };
  }
  if (kind === 'low-diskspace') {
    return { ...common, shared: '', whyOfMany: 'rtorrent closed them for low disk space' };
  }
  if (nameless.has(kind)) return { ...common, shared: '' };
  return { ...common, shared: hasFigures.has(kind) ? managed.metainfo.infohash : why };
}

/** One problem for all that complain of the same. */
function gathered(complaints: readonly Complaint[], nowMs: number): readonly FoundProblem[] {
  const groups = Map.groupBy(complaints, ({ kind, shared }) => `${kind} ${shared}`.trimEnd());
  return [...groups].flatMap(([id, group]) => {
    const [first] = group;
    if (first === undefined) return [];
    const { kind, remedy } = first;
    const failure = worst(group.flatMap((one) => one.failure ?? []));
    const shown = group.length > 1 ? (first.whyOfMany ?? first.why) : first.why;
    const why = failure === undefined ? shown : explainFailure(failure, nowMs);
    const sinces = group.flatMap(({ sinceMs }) => sinceMs ?? []);
    const hasLasted = (failure?.count ?? 0) >= failuresOfAnError;
    return {
      id,
      severity: hasLasted ? 'error' : first.severity,
      kind,
      infohashes: group.map(({ managed }) => managed.metainfo.infohash),
      sentence: nameless.has(kind) ? why : `${namesOf(group.map(({ managed }) => managed))}: ${why}`,
      remedy,
      sinceMs: sinces.length === 0 ? undefined : Math.min(...sinces),
    };
  });
}

/** The one that failed most often; of equals the one that is tried again first. */
function worst(failures: readonly Failure[]): Failure | undefined {
  return failures.toSorted((one, other) => other.count - one.count || one.retryAtMs - other.retryAtMs)[0];
}

function namesOf(torrents: readonly ManagedTorrent[]): string {
  const shown = torrents.slice(0, 2).map(nameOf);
  const more = torrents.length - shown.length;
  return more === 0 ? shown.join(' and ') : `${shown.join(', ')} and ${more} more`;
}

function spaceProblems({ space }: Plan): readonly FoundProblem[] {
  if (space === undefined) return [];
  const problems: FoundProblem[] = [];
  const about = { severity: 'warning', infohashes: [] } as const;
  if (space.limitedBy !== 'space_limit') {
    const less = space.limitedBy === 'quota' ? 'your quota leaves' : 'the filesystem has';
    problems.push({
      id: 'filesystem-limit',
      kind: 'filesystem-limit',
      ...about,
      sentence: `${less} less than space_limit: ${formatBytes(space.limitBytes)} can be used`,
      remedy: `it works within what is there; make room, or set space_limit = ${Math.floor(space.limitBytes / 1024 ** 2)}MiB`,
    });
  }
  if (space.deficitBytes > 0) {
    problems.push({
      id: 'over-limit',
      kind: 'over-limit',
      ...about,
      sentence: `managed torrents take, or may come to take, ${formatBytes(space.deficitBytes)} more than the limit of ${formatBytes(space.limitBytes)}`,
      remedy: 'nothing new is loaded until they are shipped; raise space_limit or make room to go on sooner',
    });
  }
  return problems;
}

function rejectedProblems({ rejected }: Snapshot): readonly FoundProblem[] {
  return rejected.map(({ path, reason }) => ({
    id: `rejected ${displayText(path)}`,
    severity: 'warning',
    kind: 'rejected',
    infohashes: [],
    sentence: `${displayText(path)} is skipped: ${printableText(reason)}`,
    remedy: 'replace it with a whole .torrent file, or take it out of the managed directory',
  }));
}

/** What rtorrent complains of, about managed torrents. */
function messageProblems({ managed, rtorrent, takenAtMs }: Snapshot): readonly FoundProblem[] {
  if (!rtorrent.seen) return [];
  const complaints: Complaint[] = [];
  for (const mine of managed.values()) {
    const message = rtorrent.value.torrents.get(mine.metainfo.infohash)?.message;
    if (message === undefined || message === '') continue;
    const why = `rtorrent says: ${displayText(message)}`;
    const remedy = 'it is between rtorrent and the tracker: look there if it lasts';
    complaints.push({
      managed: mine,
      kind: 'rtorrent-message',
      severity: 'warning',
      shared: why,
      why,
      remedy,
    });
  }
  return gathered(complaints, takenAtMs);
}
