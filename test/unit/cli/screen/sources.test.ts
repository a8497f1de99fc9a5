/** Where the live screen has its pictures from, over a dashboard that is served for it. */

import assert from 'node:assert/strict';
import { symlinkSync } from 'node:fs';
import { dirname } from 'node:path';
import { test } from 'node:test';
import { currentSighting } from '../../../../src/cli/commands/present.ts';
import type { Context } from '../../../../src/cli/context.ts';
import { controlSocketPath, findPlaces } from '../../../../src/cli/places.ts';
import { screenSource } from '../../../../src/cli/screen/sources.ts';
import type { StatusReport } from '../../../../src/driver/report.ts';
import { infohashOf, makePolicy, makeWorld } from '../../../support/world.ts';
import { serve, threeTorrents } from '../../dashboard/made-world.ts';

const managedDirectory = '/managed';

/** Of a user whose daemon answers on that socket. */
function contextAt(socketPath: string): Context {
  const places = { ...findPlaces({ HOME: '/nonexistent' }), state: dirname(socketPath) };
  symlinkSync(socketPath, controlSocketPath(places, managedDirectory));
  return { places, managedDirectory, configuration: { policy: makePolicy() } } as unknown as Context;
}

test('what the daemon sees is seen without being asked for, and what did not change stays the very same', async (t) => {
  const { socketPath, world } = await serve(t);
  world.show(threeTorrents());
  const context = contextAt(socketPath);
  const first = await currentSighting(context);
  assert.match((await first.why(infohashOf('parts')))?.sentence ?? '', /^being shipped/);
  assert.equal(await first.why(infohashOf('nobody')), undefined);
  const reports: StatusReport[] = [];
  const controller = new AbortController();
  const next = [makeWorld([]), threeTorrents()];
  const seen = ({ report }: { readonly report: StatusReport }): void => {
    reports.push(report);
    // Each sight brings about the next one: no waiting for time to pass.
    const snapshot = next.shift();
    if (snapshot === undefined) controller.abort();
    else world.show({ ...snapshot, takenAtMs: report.takenAtMs + 1 });
  };
  const missed = (fault: Error): never => assert.fail(fault);
  await screenSource(context).watch(first, { seen, missed }, controller.signal);
  assert.deepEqual(
    reports.map(({ torrents }) => torrents.length),
    [3, 0, 3],
  );
});

test('a command goes to the daemon, and its sentence comes back', async (t) => {
  const { socketPath, world } = await serve(t);
  const source = screenSource(contextAt(socketPath));
  assert.equal(await source.tell({ kind: 'pause', infohash: undefined }), 'as told');
  world.outcome = { kind: 'failed', message: 'not so', remedy: 'otherwise' };
  await assert.rejects(source.tell({ kind: 'retry', infohash: undefined }), {
    name: 'Fault',
    message: 'not so',
    remedy: 'otherwise',
  });
});
