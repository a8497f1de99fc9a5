/** The page in a real Chromium: what it shows, what it lets do, by mouse, keyboard and screen reader, wide and narrow. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { TestContext } from 'node:test';
import { after, before, describe, test } from 'node:test';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { Dashboard } from '../../../src/dashboard/server.ts';
import { makeWorld, nowMs } from '../../support/world.ts';
import type { MadeWorld, Served } from '../../unit/dashboard/made-world.ts';
import { driverEvent, makeDashboardWorld, serve } from '../../unit/dashboard/made-world.ts';
import type { Opened } from './browser.ts';
import { openBrowser, openPage } from './browser.ts';
import { makeShowcase, worldAtWork, worldInTrouble, worldOfMany } from './showcase.ts';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const phone = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true } as const;

let browser: Browser;
before(async () => {
  browser = await openBrowser();
});
after(() => browser.close());

interface Shown extends Opened, Served {}

/** The built page over a made-up world, its queue in sight. */
async function show(
  t: TestContext,
  world: MadeWorld,
  snapshot: Parameters<MadeWorld['show']>[0],
  options: BrowserContextOptions & { readonly token?: string } = {},
): Promise<Shown> {
  const { token, ...context } = options;
  const served = await serve(t, {
    world,
    pageDirectory: 'dist/page',
    ...(token === undefined ? {} : { token }),
  });
  world.show(snapshot);
  const opened = await openPage(t, browser, `http://127.0.0.1:${served.port}/`, context);
  if (token === undefined) await opened.page.getByRole('heading', { name: 'Queue' }).waitFor();
  return { ...opened, ...served };
}

/** What axe finds serious or worse, one line each. */
async function seriousFindings(page: Page): Promise<readonly string[]> {
  // By the debugger's way in: the page's own policy lets no foreign script in.
  await page.evaluate(axeSource);
  return await page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: {
        run(): Promise<{
          violations: {
            id: string;
            impact: string | null;
            nodes: { html: string; failureSummary?: string }[];
          }[];
        }>;
      };
    };
    const { violations } = await axe.run();
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .flatMap(({ id, nodes }) =>
        nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 160)} ${failureSummary ?? ''}`),
      );
  });
}

describe('axe finds nothing serious', () => {
  const looks: readonly (readonly [
    name: string,
    snapshot: Parameters<MadeWorld['show']>[0],
    options: BrowserContextOptions,
  ])[] = [
    ['light', worldAtWork(), { colorScheme: 'light' }],
    ['dark', worldAtWork(), { colorScheme: 'dark' }],
    ['in trouble', worldInTrouble(), { colorScheme: 'light' }],
    ['in trouble, dark', worldInTrouble(), { colorScheme: 'dark' }],
    ['empty', makeWorld([]), {}],
    ['on a phone', worldAtWork(), phone],
  ];
  for (const [name, snapshot, options] of looks) {
    test(name, async (t) => {
      const { page, complaints } = await show(t, makeShowcase(), snapshot, options);
      assert.deepEqual(await seriousFindings(page), []);
      if (snapshot.managed.size > 0) {
        await page.getByRole('row', { name: /ERA5/ }).click();
        await page.getByText('Its way').waitFor();
        assert.deepEqual(await seriousFindings(page), []);
      }
      assert.deepEqual(complaints, []);
    });
  }
});

test('it shows the space, the links, every torrent with its state, problems with their fixes, and the history', async (t) => {
  const { page, complaints } = await show(t, makeShowcase(), worldInTrouble());
  await page.getByRole('img', { name: /Space over time. Now: .* of 40.0 GiB allocated/ }).waitFor();
  await page.getByRole('img', { name: /Throughput over time/ }).waitFor();
  assert.equal(await page.locator('.chart canvas').count(), 2);
  const row = page.getByRole('row', { name: /debian-13/ });
  assert.match(await row.innerText(), /seeding/);
  const problems = page.getByRole('region', { name: /things need you/ });
  assert.match(await problems.innerText(), /No space left on device/);
  assert.match(await problems.innerText(), /make room on bighost/);
  assert.match(await problems.innerText(), /half\.torrent is skipped/);
  const history = page.getByRole('region', { name: 'History' });
  await history.getByText('4 files alike').waitFor();
  assert.match(await history.innerText(), /the remote answers again/);
  assert.deepEqual(complaints, []);
});

test('what changes is shown without a reload: rows, space, events', async (t) => {
  const { page, world, complaints } = await show(t, makeShowcase(), worldAtWork(0));
  const row = page.getByRole('row', { name: /Sintel/ });
  await row.getByText(/^(19|20) %$/).waitFor();
  const marker = await page.evaluate<string>("document.title = 'the same page'");
  const later = worldAtWork(1);
  world.show({ ...later, takenAtMs: later.takenAtMs + 20_000 });
  await row.getByText(/^(69|70) %$/).waitFor();
  world.monitor.recordEvent(
    driverEvent({ kind: 'trouble', outcome: undefined, detail: 'the remote is silent' }),
  );
  await page.getByText('the remote is silent').waitFor();
  world.show(makeWorld([]));
  await page.getByText('holds no torrents').waitFor();
  assert.equal(await page.title(), marker);
  assert.deepEqual(complaints, []);
});

test('with the first look it says that charts begin with the next one, and then they do', async (t) => {
  const { page, world, complaints } = await show(t, makeDashboardWorld(), makeWorld([]));
  assert.equal(await page.getByText('A chart begins with the next look.').count(), 2);
  world.show({ ...makeWorld([]), takenAtMs: nowMs + 10_000 });
  await page.getByRole('img', { name: /Space over time/ }).waitFor();
  await page.getByRole('img', { name: /Throughput over time/ }).waitFor();
  assert.deepEqual(complaints, []);
});

test('what is over the limit stands behind the mark of the limit', async (t) => {
  const { page } = await show(t, makeShowcase(), worldOfMany());
  const bar = page.getByRole('img', { name: /^653 GiB of 40\.0 GiB allocated/ });
  const [whole, mark] = [await bar.boundingBox(), await bar.locator('.limit').boundingBox()];
  const at = ((mark?.x ?? 0) - (whole?.x ?? 0)) / (whole?.width ?? 1);
  assert.ok(at > 0.02 && at < 0.03, String(at));
});

test('a torrent has its story: its way, its files with receipts, what was done', async (t) => {
  const { page, complaints } = await show(t, makeShowcase(), worldAtWork());
  await page.getByRole('row', { name: /ERA5/ }).click();
  const story = page.getByRole('complementary', { name: /ERA5/ });
  await story.getByText('40 of 360 files', { exact: true }).waitFor();
  assert.match(
    await story.innerText(),
    /Added[\s\S]*Loaded[\s\S]*Download[\s\S]*Ship[\s\S]*Prove[\s\S]*Delete here[\s\S]*Retire/,
  );
  assert.match(await story.innerText(), /Why[\s\S]*disk here[\s\S]*proved\s*40 of 360 files/);
  await story.getByText('file-0', { exact: true }).click();
  await story
    .getByText(/compared by MD5 [0-9a-f]{32}/)
    .first()
    .waitFor();
  await page.keyboard.press('Escape');
  await story.waitFor({ state: 'detached' });
  assert.deepEqual(complaints, []);
});

test('actions reach the driver: pause, resume, priority, retry, pause all', async (t) => {
  const { page, world } = await show(t, makeShowcase(), worldInTrouble());
  await page.getByRole('row', { name: /Fedora/ }).click();
  const infohash = [...worldInTrouble().managed.values()].find(({ metainfo }) =>
    metainfo.name.startsWith('Fedora'),
  )?.metainfo.infohash;
  const story = page.getByRole('complementary', { name: /Fedora/ });
  const said = page.locator('.said p');
  await story.getByRole('button', { name: 'Pause' }).click();
  await said.getByText('as told').waitFor();
  await story.getByRole('button', { name: 'Try again now' }).click();
  await story.getByLabel('Priority').selectOption('high');
  world.outcome = { kind: 'failed', message: 'the ledger is full', remedy: 'make room' };
  await page.getByRole('button', { name: 'Pause all' }).click();
  await said.getByText('the ledger is full — make room').waitFor();
  assert.deepEqual(world.commands, [
    { kind: 'pause', infohash },
    { kind: 'retry', infohash },
    { kind: 'priority', infohash, priority: 'high' },
    { kind: 'pause', infohash: undefined },
  ]);
});

test('of ten thousand torrents only those in sight are drawn, and the last can be reached', async (t) => {
  const { page, complaints } = await show(t, makeShowcase(), worldOfMany());
  const grid = page.getByRole('grid', { name: 'Queue' });
  assert.equal(await grid.getAttribute('aria-rowcount'), '10001');
  const drawn = (): Promise<number> => page.locator('.rows .row').count();
  assert.ok((await drawn()) < 60);
  await grid.focus();
  await page.keyboard.press('End');
  await page.getByRole('row', { name: /archive-09999/ }).waitFor();
  assert.ok((await drawn()) < 60);
  await page.getByRole('searchbox').fill('archive-01234');
  await page.getByRole('row', { name: /archive-01234/ }).waitFor();
  assert.equal(await drawn(), 1);
  await page.getByRole('searchbox').fill('nothing like that');
  await page.getByText('No torrent is like that.').waitFor();
  await page.getByRole('searchbox').fill('');
  await page.getByRole('button', { name: /^Downloading/ }).click();
  assert.equal(await grid.getAttribute('aria-rowcount'), '201');
  assert.deepEqual(complaints, []);
});

test('the keyboard alone is enough: to the search, through the queue, into a story and back', async (t) => {
  const { page } = await show(t, makeShowcase(), worldAtWork());
  await page.keyboard.press('/');
  assert.equal(await page.evaluate('document.activeElement.id'), 'search');
  await page.keyboard.press('Tab');
  const grid = page.getByRole('grid', { name: 'Queue' });
  assert.equal(await page.evaluate('document.activeElement.getAttribute("role")'), 'grid');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowUp');
  const active = await grid.getAttribute('aria-activedescendant');
  assert.match(await page.locator(`#${active ?? ''}`).innerText(), /LibriVox/);
  await page.keyboard.press('Enter');
  await page.getByRole('complementary', { name: /LibriVox/ }).waitFor();
  assert.equal(await page.evaluate('document.activeElement.textContent'), 'Close');
  await page.keyboard.press('Escape');
  await page.getByRole('complementary').waitFor({ state: 'detached' });
  assert.equal(await page.evaluate('document.activeElement.getAttribute("role")'), 'grid');
});

test('a phone shows all of it: nothing is wider than the screen, and a story fills it', async (t) => {
  const { page, complaints } = await show(t, makeShowcase(), worldInTrouble(), phone);
  const overflow = (): Promise<number> =>
    page.evaluate<number>('document.documentElement.scrollWidth - document.documentElement.clientWidth');
  assert.equal(await overflow(), 0);
  await page.getByRole('row', { name: /Fedora/ }).tap();
  const story = page.getByRole('complementary', { name: /Fedora/ });
  await story.getByText('Its way').waitFor();
  const box = await story.boundingBox();
  assert.deepEqual([box?.x, box?.y, box?.width, box?.height], [0, 0, 360, 740]);
  assert.equal(await overflow(), 0);
  await story.getByRole('button', { name: 'Close' }).tap();
  await story.waitFor({ state: 'detached' });
  assert.deepEqual(complaints, []);
});

test('where a token is asked for, the page asks the person, or takes it from the address', async (t) => {
  const token = 'a-long-and-secret-token';
  const { page } = await show(t, makeShowcase(), worldAtWork(), { token });
  const address = page.url();
  await page.getByLabel(/asks for its token/).fill('wrong');
  await page.getByRole('button', { name: 'Open' }).click();
  await page.getByLabel(/asks for its token/).fill(token);
  await page.getByRole('button', { name: 'Open' }).click();
  await page.getByRole('heading', { name: 'Queue' }).waitFor();
  const other = await openPage(t, browser, `${address}#token=${token}`);
  await other.page.getByRole('heading', { name: 'Queue' }).waitFor();
  assert.equal(new URL(other.page.url()).hash, '');
});

test('when the driver ends the page says so, keeps what it knows, and goes on when the driver is back', async (t) => {
  const world = makeShowcase();
  const { page, port, close } = await show(t, world, worldAtWork());
  await close();
  await page.getByText('not connected; trying again').waitFor();
  await page.getByRole('row', { name: /Sintel/ }).waitFor();
  const next = new Dashboard(world, 'dist/page');
  t.after(() => next.close());
  await next.listenOnPort('127.0.0.1', port, undefined);
  await page.getByText('live', { exact: true }).waitFor();
});
