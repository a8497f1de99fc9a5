/** Runs a scenario with the driver killed at one point of its run, or at none, and says how it ended. */

import { displayText } from '../../src/core/bytes.ts';
import { Checks } from './checks.ts';
import { runDriver } from './driver-run.ts';
import { Finding, Killed } from './finding.ts';
import { judgeEnd } from './liveness.ts';
import type { Scenario } from './scenarios.ts';
import { untilStill } from './simulate.ts';
import { buildWorld } from './world-spec.ts';
import type { World } from './world.ts';

export interface ScenarioRun {
  /** Points at which it could have been killed. */
  readonly points: number;
  /** What is on the remote, here and in the managed directory in the end. */
  readonly end: string;
  readonly last: readonly string[];
}

/** Passes that a scenario's events may refer to. */
const eventfulPasses = 8;
const betweenPassesMs = 600_000;

/**
 * Runs it to its end. Every point counts: before and after each call of a port, and at the seams within one. At the
 * `killAt`-th the process dies, and the next pass is a new process in the same world.
 *
 * @throws Finding where an invariant breaks
 */
export async function runScenario(scenario: Scenario, killAt?: number): Promise<ScenarioRun> {
  const { spec, events } = scenario;
  const world = buildWorld(spec);
  const checks = new Checks(world);
  let points = 0;
  const onPoint = (): void => {
    points += 1;
    if (points === killAt) throw new Killed();
  };
  try {
    for (let pass = 0; pass < eventfulPasses; pass += 1) {
      events?.[pass]?.(world);
      await runDriver(world, checks, { onPoint });
      world.pass(betweenPassesMs);
    }
    judgeEnd(world, await untilStill(world, checks, { onPoint }));
    if (events === undefined) expectNoneDeletedTwice(checks);
  } catch (error) {
    if (error instanceof Finding) error.message += `\n  ${world.trace.last().slice(-40).join('\n  ')}`;
    throw error;
  }
  return { points, end: endOf(world), last: world.trace.last() };
}

function expectNoneDeletedTwice({ deletedWhole }: Checks): void {
  const twice = deletedWhole.find((path, index) => deletedWhole.indexOf(path) !== index);
  if (twice !== undefined) throw new Finding(`${twice} is fetched again, and deleted twice`);
}

function endOf(world: World): string {
  const remote = [...world.remote.files].map(
    ([path, { content }]) => `${displayText(path)}: ${content.identity}`,
  );
  const here = [...world.disk.files.keys(), ...world.disk.directories].map((path) => displayText(path));
  return [
    ...remote.sort(),
    'here:',
    ...here.sort(),
    'managed:',
    ...[...world.managedFiles.keys()].sort(),
  ].join('\n');
}
