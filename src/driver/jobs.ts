/** The transfers and proofs under way: started by one look at the world, seen by the next ones, waited for by nobody. */

import type { Outcome, ProveContent, Ship } from '../core/action.ts';
import type { Infohash } from '../core/metainfo.ts';
import type { Job } from '../core/snapshot.ts';
import type { Watch } from './transfer.ts';

type JobAction = Ship | ProveContent;

interface Running {
  job: Job;
  readonly ended: Promise<void>;
}

export class Jobs {
  private readonly running = new Map<Infohash, Running>();
  private readonly controller = new AbortController();

  /** The jobs as they stand, for the snapshot. */
  list(): readonly Job[] {
    return [...this.running.values()].map(({ job }) => job);
  }

  /**
   * Starts work on a torrent and returns at once. `finish` is called with the outcome when it ends, before it leaves the
   * list; `work` must reject with nothing.
   */
  start(
    action: JobAction,
    startedAtMs: number,
    work: (watch: Watch) => Promise<Outcome>,
    finish: (outcome: Outcome) => Promise<void>,
    onProgress: (job: Job) => void,
  ): void {
    const { infohash, name } = action.managed.metainfo;
    const totalBytes = action.files.reduce((sum, file) => sum + file.lengthBytes, 0);
    const job: Job = { kind: action.kind, infohash, name, totalBytes, doneBytes: 0, startedAtMs };
    const watch: Watch = {
      signal: this.controller.signal,
      onProgress: (doneBytes) => {
        const running = this.running.get(infohash);
        if (running === undefined) return;
        running.job = { ...running.job, doneBytes: Math.min(doneBytes, totalBytes) };
        onProgress(running.job);
      },
    };
    const ended = work(watch)
      .then(finish)
      .finally(() => this.running.delete(infohash));
    this.running.set(infohash, { job, ended });
    // A failure to write the outcome down comes out of `next`; without this it could be nobody's in the meantime.
    ended.catch(() => undefined);
  }

  /** Resolves when one of the jobs has ended; rejects where its outcome could not be written down. */
  async next(): Promise<void> {
    await Promise.race([...this.running.values()].map(({ ended }) => ended));
  }

  /** Ends all jobs, resumable, and waits for them. */
  async stop(): Promise<void> {
    this.controller.abort();
    await Promise.allSettled([...this.running.values()].map(({ ended }) => ended));
  }
}
