/** Looks at the remote, no more often than there is a reason to: each look there costs a program on both hosts. */

import type { ByteString } from '../core/bytes.ts';
import { Fault } from '../core/fault.ts';
import type { RemoteListing } from '../core/prove.ts';
import { listingOfSizes } from '../core/prove.ts';
import type { Ports } from './ports.ts';

/** What was seen is good for this long, while nothing is done and the same is asked: it decided nothing then. */
const freshMs = 10_000;
/** A remote that did not answer is asked again after a rest that grows between these. */
const firstRestMs = 2_000;
const longestRestMs = 60_000;

export class RemoteLook {
  private readonly ports: Ports;
  private seen:
    | { readonly atMs: number; readonly paths: readonly ByteString[]; readonly listing: RemoteListing }
    | undefined;
  private trouble: { readonly fault: Fault; readonly atMs: number; readonly restMs: number } | undefined;

  constructor(ports: Ports) {
    this.ports = ports;
  }

  /** Something was done: the next look is a look. */
  forget(): void {
    this.seen = undefined;
  }

  /** Sizes at these paths. Rejects with a `Fault`, for a while the same one, where the remote does not answer. */
  async list(paths: readonly ByteString[]): Promise<RemoteListing> {
    if (paths.length === 0) return new Map();
    const nowMs = this.ports.clock.nowMs();
    const { seen, trouble } = this;
    if (seen !== undefined && isWithin(nowMs - seen.atMs, freshMs) && isSame(seen.paths, paths))
      return seen.listing;
    if (trouble !== undefined && isWithin(nowMs - trouble.atMs, trouble.restMs)) throw trouble.fault;
    this.seen = undefined;
    try {
      const listing = listingOfSizes(await this.ports.remote.list(paths));
      this.seen = { atMs: nowMs, paths, listing };
      this.trouble = undefined;
      return listing;
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      const restMs = Math.min(longestRestMs, trouble === undefined ? firstRestMs : trouble.restMs * 2);
      this.trouble = { fault: error, atMs: this.ports.clock.nowMs(), restMs };
      throw error;
    }
  }
}

/** A clock that was set back makes nothing last. */
function isWithin(elapsedMs: number, limitMs: number): boolean {
  return elapsedMs >= 0 && elapsedMs < limitMs;
}

function isSame(some: readonly ByteString[], others: readonly ByteString[]): boolean {
  return some.length === others.length && some.every((path, index) => path === others[index]);
}
