/** The daemon as it is seen from outside: control socket, dashboard's port, metrics, the page, and the user's hook. */

import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { ControlClient } from '../../src/cli/control-client.ts';
import { controlSocketPath, findPlaces } from '../../src/cli/places.ts';
import { findFormatMistakes, valuesIn } from '../unit/dashboard/metrics-format.ts';
import { openBrowser, openPage } from './page/browser.ts';
import { freePort } from './rig/addresses.ts';
import { threeFiles, withRig } from './rotation.ts';

test('a torrent on its way is seen over the socket and on the page, and its end is told to the hook', async (t) => {
  await withRig(async (rig) => {
    const port = await freePort('127.0.0.1');
    const told = `${rig.directory}/told`;
    rig.writeConfiguration({ dashboard: `127.0.0.1:${port}`, on_event: `cat >>'${told}'` });
    const run = rig.startDriver(['daemon']);
    const socketPath = controlSocketPath(findPlaces(rig.environment), rig.managedDirectory);
    const client = new ControlClient(socketPath);
    await rig.until('the daemon answers', () => client.status());
    assert.equal(statSync(socketPath).mode & 0o777, 0o600);
    const browser = await openBrowser();
    t.after(() => browser.close());
    const { page, complaints } = await openPage(t, browser, `http://127.0.0.1:${port}/`);
    await page.getByText('holds no torrents').waitFor();
    await page.getByRole('button', { name: 'Pause all' }).click();
    await rig.until('everything is paused', async () => (await client.status())?.isAllPaused);
    const torrent = await threeFiles(rig, 'watched');
    await page.getByRole('row', { name: /watched.*paused/ }).waitFor();
    await page.getByRole('button', { name: 'Resume all' }).click();
    await rig.until('it is retired', () => readdirSync(rig.managedDirectory).length === 0, 60_000);
    await rig.expectShipped(torrent);
    await page.getByText('holds no torrents').waitFor();
    await page.getByRole('region', { name: 'History' }).getByText('retire').first().waitFor();
    assert.deepEqual(complaints, []);
    const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    assert.deepEqual(findFormatMistakes(metrics), []);
    assert.equal(valuesIn(metrics).get('low_space_driver_actions_total{action="retire",outcome="done"}'), 1);
    const story = await client.story(torrent.infohash as never);
    assert.ok(story !== undefined);
    assert.ok(story.chapters.every(({ state }) => state === 'done'));
    assert.equal(story.files.filter(({ receipt }) => receipt !== undefined).length, 3);
    run.signal('SIGTERM');
    assert.equal((await run.finished).exitCode, 0);
    const kinds = readFileSync(told, 'utf8')
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { readonly event: string }).event);
    for (const kind of ['loaded', 'shipped', 'proved', 'purged', 'retired'])
      assert.ok(kinds.includes(kind), kind);
    assert.equal(await client.status(), undefined);
  });
});

test('a port that is taken costs the dashboard, not the daemon', async () => {
  await withRig(async (rig) => {
    const port = await freePort('127.0.0.1');
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(port, '127.0.0.1', resolve));
    try {
      rig.writeConfiguration({ dashboard: `127.0.0.1:${port}` });
      const run = rig.startDriver(['daemon']);
      const said = (): string => run.output().stderr;
      await rig.until('it is told', () => /no dashboard: .*listen.* — set dashboard/.test(said()));
      const torrent = await threeFiles(rig, 'unseen');
      await rig.until('it is retired', () => readdirSync(rig.managedDirectory).length === 0, 60_000);
      await rig.expectShipped(torrent);
      run.signal('SIGTERM');
      assert.equal((await run.finished).exitCode, 0);
    } finally {
      other.close();
    }
  });
});
