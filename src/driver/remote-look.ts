/** Looks at the remote, no more often than there is a reason to: each look there costs a program on both hosts. */

import type { ByteString } from '../core/bytes.ts';
import { Fault } from '../core/fault.ts';
import type { RemoteFile, RemoteListing } from '../core/prove.ts';
import { listingOfSizes } from '../core/prove.ts';
import type { Ports } from './ports.ts';

/** What was seen is good for this long: what changes the remote, and what deletes here, looks once more by itself. */
const freshMs = 30_000;
/** A remote that did not answer is asked again after a rest that grows between these. */
const firstRestMs = 2_000;
const longestRestMs = 60_000;

export class RemoteLook {
  private readonly ports: Ports;
  /** By path; undefined where nothing was there. */
  private seen = new Map<ByteString, { readonly atMs: number; readonly file: RemoteFile | undefined }>();
  private waitingMs = 0;
  private trouble: { readonly fault: Fault; readonly atMs: number; readonly restMs: number } | undefined;

  constructor(ports: Ports) {
    this.ports = ports;
  }

  /** Something was done about these paths, or about nobody knows which: the next look at them is a look. */
  forget(paths?: readonly ByteString[]): void {
    if (paths === undefined) this.seen.clear();
    else for (const path of paths) this.seen.delete(path);
  }

  /** Whether the remote has told about all of these since then. */
  hasSeenSince(sinceMs: number, paths: readonly ByteString[]): boolean {
    return paths.every((path) => (this.seen.get(path)?.atMs ?? Number.NEGATIVE_INFINITY) >= sinceMs);
  }

  /** How long its answers have been waited for so far: time in which nothing here was busy. */
  get waitedMs(): number {
    return this.waitingMs;
  }

  /** Takes over what another has just seen. */
  learn(listing: RemoteListing): void {
    const atMs = this.ports.clock.nowMs();
    for (const [path, file] of listing) this.seen.set(path, { atMs, file });
  }

  /** Sizes at these paths. Rejects with a `Fault`, for a while the same one, where the remote does not answer. */
  async list(paths: readonly ByteString[]): Promise<RemoteListing> {
    const nowMs = this.ports.clock.nowMs();
    const isYounger = (path: ByteString, mostMs: number): boolean => {
      const one = this.seen.get(path);
      return one !== undefined && isWithin(nowMs - one.atMs, mostMs);
    };
    if (!paths.every((path) => isYounger(path, freshMs))) {
      // What would be old soon is asked for with the rest: each question costs a program on both hosts.
      await this.ask(paths.filter((path) => !isYounger(path, freshMs / 2)));
    }
    // What nobody asks for any more is not kept.
    this.seen = new Map(paths.flatMap((path) => entryOf(this.seen, path)));
    return new Map([...this.seen].flatMap(([path, { file }]) => (file === undefined ? [] : [[path, file]])));
  }

  private async ask(paths: readonly ByteString[]): Promise<void> {
    const { trouble } = this;
    const nowMs = this.ports.clock.nowMs();
    if (trouble !== undefined && isWithin(nowMs - trouble.atMs, trouble.restMs)) throw trouble.fault;
    try {
      const listing = listingOfSizes(await this.ports.remote.list(paths));
      for (const path of paths) this.seen.set(path, { atMs: nowMs, file: listing.get(path) });
      this.trouble = undefined;
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      this.forget();
      const restMs = Math.min(longestRestMs, trouble === undefined ? firstRestMs : trouble.restMs * 2);
      this.trouble = { fault: error, atMs: this.ports.clock.nowMs(), restMs };
      throw error;
    } finally {
      this.waitingMs += Math.max(0, this.ports.clock.nowMs() - nowMs);
    }
  }
}

/** A clock that was set back makes nothing last. */
function isWithin(elapsedMs: number, limitMs: number): boolean {
  return elapsedMs >= 0 && elapsedMs < limitMs;
}

function entryOf<Key, Value>(map: ReadonlyMap<Key, Value>, key: Key): readonly (readonly [Key, Value])[] {
  const value = map.get(key);
  return value === undefined ? [] : [[key, value]];
}
