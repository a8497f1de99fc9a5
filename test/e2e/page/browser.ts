/** A real Chromium (Debian's), with a page of the dashboard in it and a record of everything that it complains of. */

import type { TestContext } from 'node:test';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { chromium } from 'playwright-core';

const executablePath = '/usr/bin/chromium';
const launchTimeoutMs = 60_000;
/** No step of a test takes longer, or something is broken. */
const stepTimeoutMs = 30_000;

export async function openBrowser(): Promise<Browser> {
  return await chromium.launch({
    executablePath,
    timeout: launchTimeoutMs,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--font-render-hinting=none',
    ],
  });
}

export interface Opened {
  readonly page: Page;
  /** Errors of scripts, refusals of the content security policy, requests that failed or went elsewhere. */
  readonly complaints: string[];
}

/** Opens the dashboard; the context is closed when the test ends. */
export async function openPage(
  t: TestContext,
  browser: Browser,
  address: string,
  options: BrowserContextOptions = {},
): Promise<Opened> {
  const context = await browser.newContext({
    viewport: { width: 1440, height: 1000 },
    locale: 'en-GB',
    timezoneId: 'UTC',
    reducedMotion: 'reduce',
    ...options,
  });
  t.after(() => context.close());
  const page = await context.newPage();
  page.setDefaultTimeout(stepTimeoutMs);
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('request', (request) => {
    if (!request.url().startsWith(new URL(address).origin)) complaints.push(`goes to ${request.url()}`);
  });
  await page.goto(address);
  return { page, complaints };
}
