/** What differs on the remote: it is sent once more, and what differs twice is a problem for the user, and stays. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { problemsOf } from '../../../src/core/problems.ts';
import { bytesOfText } from '../../../src/core/bytes.ts';
import type { Moment } from '../../../src/driver/monitor.ts';
import type { Ports } from '../../../src/driver/ports.ts';
import { Checks } from '../../sim/checks.ts';
import { runDriver } from '../../sim/driver-run.ts';
import { buildWorld } from '../../sim/world-spec.ts';
import type { World } from '../../sim/world.ts';

const kib = 1024;
const doubtful = bytesOfText('a/file-1');

/** A world in which the remote reads one file wrong so many times, and what was sent to it, repairs marked. */
function doubtfulWorld(mostWrong: number): { world: World; sent: string[]; pass: () => Promise<Moment> } {
  const world = buildWorld({ torrents: [{ name: 'a', files: [40 * kib, 30 * kib] }] });
  const sent: string[] = [];
  let wrong = 0;
  const wrap = (ports: Ports): Ports => {
    const { remote } = ports;
    const ship: typeof remote.ship = async (order) => {
      const names = order.files.map(({ path }) => path).join(' ');
      sent.push(order.isRepair ? `${names} once more` : names);
      await remote.ship(order);
    };
    const digest: typeof remote.digest = async (...question) => {
      const digests = new Map(await remote.digest(...question));
      const seen = digests.get(doubtful);
      if (seen !== undefined && (wrong += 1) <= mostWrong)
        digests.set(doubtful, { ...seen, digest: 'wrong' });
      return digests;
    };
    return { ...ports, remote: Object.assign(Object.create(remote) as typeof remote, { ship, digest }) };
  };
  const checks = new Checks(world);
  const pass = async (): Promise<Moment> => {
    world.pass(120_000);
    const end = await runDriver(world, checks, { onPoint: () => undefined, wrap });
    assert.ok(end.kind === 'ended' && end.moment !== undefined);
    return end.moment;
  };
  return { world, sent, pass };
}

test('a file that differs is sent once more, and then nothing is left to do', async () => {
  const { world, sent, pass } = doubtfulWorld(1);
  await pass();
  await pass();
  assert.deepEqual(sent, ['file-0 file-1', 'file-1 once more']);
  assert.equal(world.managedFiles.size, 0);
  assert.equal(world.disk.files.size, 0);
});

test('a file that differs twice stays, with all of its torrent, and is told as a problem with a way out', async () => {
  const { world, sent, pass } = doubtfulWorld(Infinity);
  await pass();
  const { snapshot, plan } = await pass();
  assert.deepEqual(sent, ['file-0 file-1', 'file-1 once more']);
  const [problem] = problemsOf(snapshot, plan);
  assert.match(problem?.sentence ?? '', /a\/file-1 differs on the remote/);
  assert.match(problem?.remedy ?? '', /nothing was deleted here; check the disks of both hosts/);
  assert.equal(world.disk.files.size, 2);
  assert.equal(world.managedFiles.size, 1);
});
