/** The lock of those who act: a run or a daemon holds it while it lives, and whoever comes second is told who was first. */

import { takeLock } from '../adapters/lock.ts';
import type { Context } from './context.ts';
import { lockPath } from './places.ts';

/** Undefined where another process holds it; that is logged then. */
export function holdLock({
  places,
  configuration,
  log,
}: Context): { readonly release: () => void } | undefined {
  const lock = takeLock(lockPath(places, configuration.managedDirectory));
  if (lock.kind === 'held') return lock;
  log.error('another run or daemon is under way', {
    detail: `${lock.holder} holds the lock; it ends with that process`,
  });
  return undefined;
}
