/** Runs the program as cron would, again and again, and hands on the lines of its log. */

import { readdirSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { DriverRun } from '../test/e2e/rig/driver-runs.ts';
import { brokenFile } from './collection.ts';
import { DemoFailure } from './failure.ts';
import type { World } from './world.ts';

const tryAgain = 75;
const readEveryMs = 100;
/** Lines of a pass that are shown when it ended badly. */
const mostLastWords = 15;

export class Rotation {
  private readonly world: World;
  private readonly onLine: (line: string) => void;
  private readonly lines: string[] = [];
  /** Exit codes of the passes that have ended. */
  readonly passes: number[] = [];
  /** How many passes have begun. */
  begun = 0;

  constructor(world: World, onLine: (line: string) => void) {
    this.world = world;
    this.onLine = onLine;
  }

  /** All that the program wrote. */
  get log(): readonly string[] {
    return this.lines;
  }

  /**
   * Until the managed directory holds nothing but the broken file. Rejects when `signal` is aborted.
   *
   * @throws DemoFailure when a pass ends badly, or all of it takes too long
   */
  async run(signal: AbortSignal): Promise<void> {
    const { rig, scale } = this.world;
    const endMs = performance.now() + scale.longestMs;
    for (;;) {
      this.begun += 1;
      await this.pass(rig.startDriver(['run']), endMs, signal);
      if (readdirSync(rig.managedDirectory).every((name) => name === brokenFile.name)) return;
      await delay(scale.restMs, undefined, { signal });
    }
  }

  private async pass(run: DriverRun, endMs: number, signal: AbortSignal): Promise<void> {
    const linesBefore = this.lines.length;
    let readTo = 0;
    const read = (text: string, isAll: boolean): void => {
      const end = isAll ? text.length : text.lastIndexOf('\n') + 1;
      for (const line of text.slice(readTo, end).split('\n')) if (line !== '') this.take(line);
      readTo = Math.max(readTo, end);
    };
    for (;;) {
      const result = await Promise.race([run.finished, delay(readEveryMs, undefined, { signal })]);
      if (result === undefined) {
        read(run.output().stderr, false);
        if (performance.now() > endMs) await this.giveUp();
        continue;
      }
      read(result.stderr, true);
      this.passes.push(result.exitCode ?? 1);
      if (result.exitCode === 0 || result.exitCode === tryAgain) return;
      const how = result.signal ?? `exit code ${result.exitCode ?? 1}`;
      const words = this.lines.slice(linesBefore).slice(-mostLastWords);
      throw new DemoFailure([`pass ${this.passes.length} ended with ${how}:`, ...words].join('\n  '));
    }
  }

  private take(line: string): void {
    this.lines.push(line);
    this.onLine(line);
  }

  private async giveUp(): Promise<never> {
    const { rig, scale } = this.world;
    const plan = await rig.drive(['plan']);
    throw new DemoFailure(`not done within ${scale.longestMs / 1000} s; what it waits for:\n${plan.stdout}`);
  }
}
