/** What users tell the driver: pause, resume, priority, retry. Told through the same code as on the command line. */

import type { Infohash } from '../../src/core/metainfo.ts';
import { priorities } from '../../src/core/priority.ts';
import type { Random } from './random.ts';
import type { World } from './world.ts';

/** May happen at any moment: another process writes to the ledger. */
export const wishEvents: readonly ((world: World, random: Random) => string | undefined)[] = [
  function torrentIsPaused(world, random) {
    const infohash = anyManaged(world, random);
    if (infohash === undefined || !world.ledger.isWritable) return undefined;
    world.ledger.paused.add(infohash);
    return `the user pauses ${infohash}`;
  },
  function everythingIsPaused(world, random) {
    if (!world.ledger.isWritable || random.chance(0.5)) return undefined;
    world.ledger.isAllPaused = true;
    return 'the user pauses everything';
  },
  function everythingIsResumed(world) {
    if (!world.ledger.isWritable) return undefined;
    world.ledger.isAllPaused = false;
    world.ledger.paused.clear();
    return 'the user resumes everything';
  },
  function priorityIsGiven(world, random) {
    const infohash = anyManaged(world, random);
    if (infohash === undefined || !world.ledger.isWritable) return undefined;
    const priority = random.pick(priorities);
    world.ledger.priorities.set(infohash, priority);
    return `the user gives ${infohash} priority ${priority}`;
  },
  function failuresAreForgotten(world) {
    if (!world.ledger.isWritable || world.ledger.failures.size === 0) return undefined;
    world.ledger.failures.clear();
    return 'the user has everything tried again';
  },
];

function anyManaged(world: World, random: Random): Infohash | undefined {
  return random.pickMaybe([...world.managed().keys()]);
}
