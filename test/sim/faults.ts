/** Faults drawn from a seed: at any call, before its effect or after it, and the driver's death between two calls. */

import { Fault } from '../../src/core/fault.ts';
import type { FaultKind } from '../../src/core/fault.ts';
import { suddenEvents } from './events.ts';
import type { Interference } from './driver-run.ts';
import { Killed } from './finding.ts';
import type { Roughness } from './options.ts';
import type { Random } from './random.ts';
import type { World } from './world.ts';

const kinds: readonly FaultKind[] = ['unreachable', 'limit', 'garbled', 'failed'];

/** What happens at a point of the driver's run, in a rough world. */
export function roughly(world: World, random: Random, roughness: Roughness): Interference['onPoint'] {
  return (label, { abort, nudge }) => {
    if (random.chance(roughness.events)) {
      const words = random.pick(suddenEvents)(world, random);
      if (words !== undefined) world.note(words);
      // As a watch on a directory would; some events it does not hear of.
      if (random.chance(0.5)) nudge();
    }
    if (random.chance(roughness.deaths)) {
      if (random.chance(0.7)) throw new Killed();
      world.note('the driver is told to stop');
      abort();
    }
    if (!random.chance(roughness.faults)) return;
    // A slow answer, and what happens meanwhile.
    if (random.chance(0.3)) world.pass(random.pick([1_000, 20_000, 60_000]));
    else throw new Fault(random.pick(kinds), `trouble at ${label}`);
  };
}
