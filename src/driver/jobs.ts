/** The transfers and proofs under way: started by one look at the world, seen by the next ones, waited for by nobody. */

import type { Outcome, ProveContent, Ship, Stream } from '../core/action.ts';
import { Fault } from '../core/fault.ts';
import type { Job } from '../core/snapshot.ts';
import { isEnding } from '../core/under-way.ts';
import type { Watch } from './transfer.ts';

type JobAction = Ship | ProveContent | Stream;

interface Running {
  job: Job;
  /** Of a stream, once it is to have another window than at first. */
  windowBytes: number | undefined;
  readonly controller: AbortController;
  readonly ended: Promise<void>;
}

export class Jobs {
  private readonly running = new Map<string, Running>();
  private started = 0;
  private readonly others = new Set<Promise<unknown>>();
  /** Of jobs that ended while nobody waited for them. */
  private readonly errors: Error[] = [];
  private readonly onRoom: () => void;
  private readonly bandwidthBytesPerSecond: () => number;

  /** `onRoom` is called whenever another job may begin: one has left the list, or has nothing more to send. */
  constructor(onRoom: () => void, bandwidthBytesPerSecond: () => number) {
    this.onRoom = onRoom;
    this.bandwidthBytesPerSecond = bandwidthBytesPerSecond;
  }

  /** The jobs as they stand, for the snapshot. Throws what became of one whose outcome could not be written down. */
  list(): readonly Job[] {
    this.throwFirst();
    return [...this.running.values()].map(({ job }) => job);
  }

  /**
   * Starts work on some files of a torrent and returns at once. `finish` is called with the outcome when it ends, and with
   * whether we ended it, before it leaves the list; `work` must reject with nothing.
   */
  start(
    action: JobAction,
    startedAtMs: number,
    work: (watch: Watch) => Promise<Outcome>,
    finish: (outcome: Outcome, isEnded: boolean) => Promise<void>,
    onProgress: (job: Job) => void,
  ): void {
    const { infohash, name } = action.managed.metainfo;
    const totalBytes = action.files.reduce((sum, file) => sum + file.lengthBytes, 0);
    this.started += 1;
    const id = `${action.kind}-${this.started}`;
    const files = action.files.map(({ index }) => index);
    const stream = action.kind === 'stream' ? windowOf(action) : undefined;
    const about = { infohash, name, files, totalBytes, stream };
    const job: Job = { id, kind: action.kind, ...about, doneBytes: 0, startedAtMs };
    const controller = new AbortController();
    const watch: Watch = {
      signal: controller.signal,
      bandwidthBytesPerSecond: this.bandwidthBytesPerSecond,
      windowBytes: () => this.running.get(id)?.windowBytes,
      onProgress: (doneBytes, stream) => {
        const running = this.running.get(id);
        if (running === undefined) return;
        const wasEnding = isEnding(running.job);
        running.job = {
          ...running.job,
          doneBytes: Math.min(doneBytes, totalBytes),
          stream: stream ?? running.job.stream,
        };
        onProgress(running.job);
        if (isEnding(running.job) && !wasEnding) this.onRoom();
      },
    };
    const ended = work(watch)
      .then((outcome) => finish(outcome, controller.signal.aborted))
      .catch((error: unknown) => {
        this.keep(error);
      })
      .finally(() => {
        this.running.delete(id);
        this.onRoom();
      });
    this.running.set(id, { job, windowBytes: undefined, controller, ended });
  }

  /** Work that is no job, that nothing is planned with, and of which a fault does not matter. */
  beside(work: Promise<void>): void {
    const tracked = work
      .catch((error: unknown) => {
        if (!(error instanceof Fault)) this.keep(error);
      })
      .finally(() => this.others.delete(tracked));
    this.others.add(tracked);
  }

  /** Gives a stream another window. What it gains counts at once; what it loses, when it says that it has given it up. */
  resize(id: string, windowBytes: number): void {
    const running = this.running.get(id);
    const stream = running?.job.stream;
    // Where nothing more comes in, it has ended with it meanwhile.
    if (running === undefined || stream === undefined || stream.windowBytes === 0) return;
    running.windowBytes = windowBytes;
    const heldBytes = Math.max(windowBytes, stream.windowBytes);
    running.job = { ...running.job, stream: { ...stream, windowBytes: heldBytes } };
  }

  /** Ends one job, resumable; it leaves the list when it has ended. */
  cancel(id: string): void {
    this.running.get(id)?.controller.abort();
  }

  /** Ends all jobs, resumable, and waits for them. Rejects with what became of one that could not be concluded. */
  async stop(): Promise<void> {
    for (const { controller } of this.running.values()) controller.abort();
    await Promise.all([...[...this.running.values()].map(({ ended }) => ended), ...this.others]);
    this.throwFirst();
  }

  private keep(error: unknown): void {
    this.errors.push(error instanceof Error ? error : new Error('a job ended in something that is no error'));
  }

  private throwFirst(): void {
    const [first] = this.errors.splice(0);
    if (first !== undefined) throw first;
  }
}

/** Its window counts from the first moment. */
function windowOf({ windowBytes }: Stream): NonNullable<Job['stream']> {
  return { windowBytes, arrivingBytes: 0, fetchedBytes: 0, sendingBytes: 0 };
}
