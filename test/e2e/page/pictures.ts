/** Takes the pictures that README and docs show: node test/e2e/page/pictures.ts DIRECTORY. */

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { Dashboard } from '../../../src/dashboard/server.ts';
import type { Snapshot } from '../../../src/core/snapshot.ts';
import { makeWorld } from '../../support/world.ts';
import { makeDashboardWorld } from '../../unit/dashboard/made-world.ts';
import { openBrowser } from './browser.ts';
import { makeShowcase, worldAtWork, worldInTrouble, worldOfMany } from './showcase.ts';

interface Picture {
  readonly name: string;
  readonly snapshot: Snapshot;
  readonly isFresh?: boolean;
  readonly options: BrowserContextOptions;
  readonly prepare?: (page: Page) => Promise<void>;
}

const desk = { viewport: { width: 1440, height: 1020 } } as const;
const phone = { viewport: { width: 360, height: 740 }, deviceScaleFactor: 2 } as const;

const openStory = async (page: Page): Promise<void> => {
  await page.getByRole('row', { name: /ERA5/ }).click();
  await page.getByText('Its way').waitFor();
};

const pictures: readonly Picture[] = [
  { name: 'dashboard-light', snapshot: worldAtWork(), options: { ...desk, colorScheme: 'light' } },
  { name: 'dashboard-dark', snapshot: worldAtWork(), options: { ...desk, colorScheme: 'dark' } },
  {
    name: 'dashboard-story',
    snapshot: worldAtWork(),
    options: { ...desk, colorScheme: 'light' },
    prepare: openStory,
  },
  { name: 'dashboard-problems', snapshot: worldInTrouble(), options: { ...desk, colorScheme: 'light' } },
  { name: 'dashboard-many', snapshot: worldOfMany(), options: { ...desk, colorScheme: 'dark' } },
  { name: 'dashboard-phone', snapshot: worldAtWork(), options: { ...phone, colorScheme: 'light' } },
  {
    name: 'dashboard-phone-story',
    snapshot: worldAtWork(),
    options: { ...phone, colorScheme: 'dark' },
    prepare: openStory,
  },
  {
    name: 'dashboard-empty',
    snapshot: makeWorld([]),
    isFresh: true,
    options: { ...desk, colorScheme: 'light' },
  },
];

const directory = process.argv[2] ?? 'docs/images';
const wanted = process.argv.slice(3);
mkdirSync(directory, { recursive: true });
const browser = await openBrowser();
for (const { name, snapshot, isFresh, options, prepare } of pictures) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const world = isFresh === true ? makeDashboardWorld() : makeShowcase();
  const dashboard = new Dashboard(world, 'dist/page');
  const port = await dashboard.listenOnPort('127.0.0.1', 0, undefined);
  world.show(snapshot);
  const context = await browser.newContext({
    locale: 'en-GB',
    timezoneId: 'UTC',
    reducedMotion: 'reduce',
    ...options,
  });
  const page = await context.newPage();
  page.on('console', (message) => console.error(message.text()));
  page.on('pageerror', (error) => console.error(String(error)));
  await page.goto(`http://127.0.0.1:${port}/`);
  await page.getByRole('heading', { name: 'Queue' }).waitFor();
  await page
    .getByText('Nothing has been done yet.')
    .or(page.getByText('the remote answers again'))
    .first()
    .waitFor();
  await prepare?.(page);
  await page.screenshot({
    path: join(directory, `${name}.png`),
    fullPage: options.viewport?.width === 360 && prepare === undefined,
  });
  await context.close();
  await dashboard.close();
}
await browser.close();
