/** The engine: one look at the world, what is decided from it, and all of that carried out. The loops are `pass` and `daemon`. */

import type { Action, Outcome, Plan, ProveContent, Ship, Stream } from '../core/action.ts';
import type { ByteString } from '../core/bytes.ts';
import { contentOf } from '../core/content.ts';
import type { MetainfoFile } from '../core/metainfo.ts';
import { remotePathOf } from '../core/place.ts';
import { plan } from '../core/plan.ts';
import type { Policy } from '../core/policy.ts';
import { listingOfSizes } from '../core/prove.ts';
import { mends, nextFailure } from '../core/retry.ts';
import type { Snapshot } from '../core/snapshot.ts';
import { streamShare } from '../core/stream-share.ts';
import { isOver } from '../core/under-way.ts';
import type { HistoryEvent } from '../ports/ledger.ts';
import { act, isShort, outcomeOf } from './act.ts';
import { DiskLook } from './disk-look.ts';
import { Jobs } from './jobs.ts';
import type { LoadPace } from './load-pace.ts';
import type { Moment, Monitor } from './monitor.ts';
import type { Nudge } from './nudge.ts';
import type { Looks } from './observe.ts';
import { observe } from './observe.ts';
import { forgetOldIntents } from './old-intents.ts';
import { keepOnsets } from './onset-marks.ts';
import type { Ports } from './ports.ts';
import { RemoteLook } from './remote-look.ts';
import { keepProgress } from './progress-marks.ts';
import { stream } from './stream.ts';
import { sideBySide } from './side-by-side.ts';
import { proveContent, ship } from './transfer.ts';

/** What both loops are handed. */
export interface Drive {
  readonly ports: Ports;
  /** What the user asks for, at this moment. */
  readonly policy: () => Policy;
  /** Ends the loop early: transfers are ended, resumable. */
  readonly signal: AbortSignal;
  /** Told of each look before anything is decided from it, so that it is known should the decision break. */
  readonly monitor: Monitor;
  /** Given from outside where something is new, and by the engine when a job has ended. */
  readonly nudge: Nudge;
  /** For tests, which watch the planner or put a broken one in its place. */
  readonly decide?: typeof plan;
}

/** One turn: what was seen and decided. */
export interface Turn extends Moment {
  /** How many actions came to which end since the turn before, those of jobs among them. */
  readonly count: Readonly<Record<Outcome['kind'], number>>;
  /** Something is different from what was seen, be it a job that has begun beside another: look again at once. */
  readonly hasActed: boolean;
  /** How long it waited for the remote while it looked. */
  readonly waitedMs: number;
}

/** At once. Each asks the remote, where one connection takes ten sessions by default. */
const mostDeletions = 4;

export class Engine {
  private readonly drive: Drive;
  private readonly decide: (snapshot: Snapshot, policy: Policy) => Plan;
  private readonly jobs: Jobs;
  private readonly looks: Looks;
  private policy: Policy;
  private turnBeganAtMs = 0;
  private count = noEnds();
  private readonly loadPace: LoadPace | undefined;

  /** Without a pace all is loaded at once that fits. */
  constructor(drive: Drive, loadPace?: LoadPace) {
    this.drive = drive;
    this.loadPace = loadPace;
    this.decide = drive.decide ?? plan;
    this.jobs = new Jobs(drive.nudge.give, () => drive.policy().bandwidthBytesPerSecond);
    this.looks = { disk: new DiskLook(drive.ports), remote: new RemoteLook(drive.ports) };
    this.policy = drive.policy();
    drive.signal.addEventListener('abort', drive.nudge.give);
  }

  /**
   * Looks, decides and acts. Jobs are started and not waited for; what a purge frees is spent after the next look. Rejects
   * with a `Fault` only where it cannot read the managed directory or the ledger, or not write to that.
   */
  async turn(): Promise<Turn> {
    const { monitor } = this.drive;
    const policy = this.drive.policy();
    this.turnBeganAtMs = this.drive.ports.clock.nowMs();
    const waitedBeforeMs = this.looks.remote.waitedMs;
    if (policy !== this.policy) this.looks.remote.forget();
    // What runs has its limit for life: it is ended, resumable, and the next look starts it with the new one.
    const hasNewLimit = policy.bandwidthBytesPerSecond !== this.policy.bandwidthBytesPerSecond;
    for (const { kind, id } of this.jobs.list()) if (hasNewLimit && kind === 'ship') this.jobs.cancel(id);
    this.policy = policy;
    let { snapshot, plan: decided } = await this.look(policy);
    if (this.due(decided).length > 0 && !this.looks.disk.isFresh()) {
      // Nothing is done on the strength of what was seen a while ago.
      this.looks.disk.forget();
      ({ snapshot, plan: decided } = await this.look(policy));
    }
    const waitedMs = this.looks.remote.waitedMs - waitedBeforeMs;
    const actions = this.due(decided);
    monitor.publish({ snapshot, plan: decided });
    await keepOnsets({ snapshot, plan: decided }, this.drive.ports);
    this.steerJobs(snapshot, decided);
    await this.carryOutAll(actions, snapshot, policy);
    const { count } = this;
    this.count = noEnds();
    return { snapshot, plan: decided, count, hasActed: actions.length > 0, waitedMs };
  }

  private async look(policy: Policy): Promise<Moment> {
    const { ports, monitor } = this.drive;
    const snapshot = await observe(ports, policy, this.jobs.list(), this.looks);
    monitor.look(snapshot, policy);
    this.loadPace?.look(snapshot);
    await keepProgress(snapshot, policy, ports);
    await forgetOldIntents(snapshot, ports);
    return { snapshot, plan: this.decide(snapshot, policy) };
  }

  private due({ actions, space }: Plan): readonly Action[] {
    return space === undefined ? actions : (this.loadPace?.due(actions, space) ?? actions);
  }

  isStopped(): boolean {
    return this.drive.signal.aborted;
  }

  /** Ends all jobs, resumable, and waits for them. */
  async end(): Promise<void> {
    this.drive.signal.removeEventListener('abort', this.drive.nudge.give);
    await this.jobs.stop();
  }

  private steerJobs(snapshot: Snapshot, decided: Plan): void {
    for (const job of snapshot.jobs) {
      if (isOver(job, snapshot, decided)) this.jobs.cancel(job.id);
      const windowBytes = streamShare(job, snapshot, decided);
      if (windowBytes !== undefined) this.jobs.resize(job.id, windowBytes);
    }
  }

  /** Deletions that follow each other wait for the remote's word side by side. */
  private async carryOutAll(actions: readonly Action[], snapshot: Snapshot, policy: Policy): Promise<void> {
    for (let at = 0; at < actions.length;) {
      const others = actions.slice(at).findIndex(({ kind }) => kind !== 'purge' && kind !== 'retire');
      const end = at + Math.max(1, others === -1 ? actions.length - at : others);
      await sideBySide(actions.slice(at, end), mostDeletions, async (action) => {
        if (!this.isStopped()) await this.carryOut(action, snapshot, policy);
      });
      at = end;
    }
  }

  private async carryOut(action: Action, snapshot: Snapshot, policy: Policy): Promise<void> {
    const { ports } = this.drive;
    const startedAtMs = ports.clock.nowMs();
    const finish = async (outcome: Outcome, isEnded = this.isStopped()): Promise<void> => {
      await this.conclude(action, isEnded ? excused(outcome) : outcome, startedAtMs, snapshot);
    };
    if (action.kind === 'load') {
      this.loadPace?.begin();
      // What is small is whole sooner than a login is done.
      if (isQuiet(snapshot)) this.jobs.beside(ports.remote.prepare());
    }
    if (isShort(action)) {
      await finish(await act(action, ports));
      return;
    }
    const isJustSeen = this.looks.remote.hasSeenSince(this.turnBeganAtMs, pathsOf(action, snapshot));
    this.jobs.start(
      action,
      startedAtMs,
      (watch) =>
        outcomeOf(() => {
          if (action.kind === 'ship') return ship(action, ports, snapshot.ledger, watch, isJustSeen);
          if (action.kind === 'stream') return stream(action, ports, policy, snapshot, watch);
          return proveContent(action, ports, policy, snapshot.ledger, watch);
        }),
      finish,
      (job) => {
        ports.reporter.progressed(action.managed, job);
      },
    );
  }

  /** Writes down what became of an action: a failure rests before it is tried again, a success forgets it. */
  private async conclude(
    action: Action,
    outcome: Outcome,
    startedAtMs: number,
    snapshot: Snapshot,
  ): Promise<void> {
    const { ledger, clock, reporter } = this.drive.ports;
    const { infohash } = action.managed.metainfo;
    const previous = snapshot.ledger.failures.get(infohash);
    this.count[outcome.kind] += 1;
    this.keepListing(action, outcome, snapshot);
    this.looks.disk.forget();
    reporter.acted(action, outcome, clock.nowMs() - startedAtMs);
    if (outcome.kind === 'failed') {
      const failed = { step: action.kind, message: outcome.message, remedy: outcome.remedy };
      await ledger.recordFailure(infohash, nextFailure(previous, failed, clock.nowMs()));
    }
    if (outcome.kind !== 'done') return;
    if (previous !== undefined && mends(action.kind, previous)) await ledger.clearFailure(infohash);
    await ledger.recordEvent(eventOf(action, outcome.detail, startedAtMs, clock.nowMs()));
  }

  /** Of what is done, the remote can be different for its torrent alone, and a transfer has seen what it left there. */
  private keepListing(action: Action, outcome: Outcome, { ledger }: Snapshot): void {
    const { metainfo } = action.managed;
    const pathOf = (file: MetainfoFile): ByteString => remotePathOf(metainfo, file, ledger.placements);
    this.looks.remote.forget(outcome.kind === 'done' ? metainfo.files.map(pathOf) : undefined);
    if (outcome.kind !== 'done' || action.kind !== 'ship') return;
    this.looks.remote.learn(
      listingOfSizes(new Map(action.files.map((file) => [pathOf(file), file.lengthBytes]))),
    );
  }
}

function pathsOf(
  { managed, files }: Ship | ProveContent | Stream,
  { ledger }: Snapshot,
): readonly ByteString[] {
  return files.map((file) => remotePathOf(managed.metainfo, file, ledger.placements));
}

/** Nothing comes in, and nothing goes out. */
function isQuiet({ jobs, managed, rtorrent }: Snapshot): boolean {
  if (jobs.length > 0 || !rtorrent.seen) return false;
  const loaded = [...rtorrent.value.torrents.values()];
  return !loaded.some(
    ({ infohash, isActive, isComplete }) => managed.has(infohash) && isActive && !isComplete,
  );
}

/** What we ended ourselves has not failed. */
function excused(outcome: Outcome): Outcome {
  return outcome.kind === 'failed'
    ? {
        kind: 'stale',
        detail: 'ended, as a signal, a command or a new limit wanted it; it goes on where it stopped',
      }
    : outcome;
}

function noEnds(): Record<Outcome['kind'], number> {
  return { done: 0, stale: 0, failed: 0 };
}

/** What the history keeps of an action that was done. */
function eventOf(action: Action, detail: string, startedAtMs: number, nowMs: number): HistoryEvent {
  const { infohash, name } = action.managed.metainfo;
  return {
    atMs: nowMs,
    infohash,
    name,
    action: action.kind,
    ...contentOf(action),
    tookMs: Math.max(0, nowMs - startedAtMs),
    detail,
  };
}
