/** The links of a rig: what the seed sends and what the line to the remote takes, and the time that they allow. */

import type { RigOptions } from '../test/e2e/rig.ts';

export interface Link {
  readonly downKiB: number;
  readonly shipKiB: number;
}

/** Those of the oversize benches: the one is the narrower, both are alike, the other is. */
export const usualLinks: readonly Link[] = [
  { downKiB: 2048, shipKiB: 4096 },
  { downKiB: 2048, shipKiB: 2048 },
  { downKiB: 4096, shipKiB: 2048 },
];

/** `download 1.5 MiB/s, ship 3 MiB/s`. */
export function nameOf({ downKiB, shipKiB }: Link): string {
  const shown = (kib: number): string => `${kib / 1024} MiB/s`;
  return downKiB === shipKiB
    ? `both ${shown(downKiB)}`
    : `download ${shown(downKiB)}, ship ${shown(shipKiB)}`;
}

/** A rig whose links are held to these rates. */
export function heldTo({ downKiB, shipKiB }: Link): Pick<RigOptions, 'seedRateKiB' | 'remote'> {
  return { seedRateKiB: downKiB, remote: { rateKiB: shipKiB } };
}

/** In no less time could so much go over both, one after the other or at once. */
export function boundSeconds({ downKiB, shipKiB }: Link, bytes: number): number {
  return bytes / 1024 / Math.min(downKiB, shipKiB);
}

/** Of these, the ones whose numbers (from 1) are given, as words after the runs; all where none are. */
export function chosen(links: readonly Link[], words: readonly string[]): readonly Link[] {
  return words.length === 0 ? links : words.flatMap((word) => links[Number(word) - 1] ?? []);
}
