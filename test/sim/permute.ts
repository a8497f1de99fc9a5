/** Plans every snapshot a second time, in another order: the plan must be the same. */

import { isDeepStrictEqual } from 'node:util';
import type { Plan } from '../../src/core/action.ts';
import { plan } from '../../src/core/plan.ts';
import type { Policy } from '../../src/core/policy.ts';
import type { Snapshot } from '../../src/core/snapshot.ts';
import { permuted } from '../support/permuted.ts';
import { Finding } from './finding.ts';

/** Plans twice, and compares. */
export function planInAnyOrder(snapshot: Snapshot, policy: Policy): Plan {
  const decided = plan(snapshot, policy);
  if (!isDeepStrictEqual(plan(permuted(snapshot), policy), decided)) {
    throw new Finding('the same snapshot in another order gives another plan');
  }
  return decided;
}
