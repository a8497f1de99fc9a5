/** Drives a rig as cron would: pass after pass until the managed directory is empty, or a limit says that it never will. */

import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { Rig } from './rig.ts';

export interface RotationOptions {
  /** How many passes at the most; each is followed by a short rest. */
  readonly passes?: number;
  readonly restMs?: number;
  /** Exit codes that a pass may end with; anything else fails at once. */
  readonly allowed?: readonly number[];
  /** Ends the rotation early. */
  readonly until?: () => boolean | Promise<boolean>;
}

/** Everything that the passes wrote, for looking at. */
export async function rotate(rig: Rig, options: RotationOptions = {}): Promise<string> {
  const { passes = 200, restMs = 150, allowed = [0] } = options;
  const until = options.until ?? (() => readdirSync(rig.managedDirectory).length === 0);
  let written = '';
  for (let pass = 1; pass <= passes; pass += 1) {
    const result = await rig.drive(['run']);
    written += result.stdout + result.stderr;
    assert.ok(
      result.exitCode !== null && allowed.includes(result.exitCode),
      `pass ${pass} ended with ${String(result.exitCode ?? result.signal)}:\n${written}`,
    );
    if (await until()) return written;
    await delay(restMs);
  }
  const plan = await rig.drive(['plan']);
  assert.fail(`not done after ${passes} passes\n${plan.stdout}${plan.stderr}\n${written.slice(-4000)}`);
}
