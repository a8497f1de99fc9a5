/** Hooks that hang, fail or are slow: the driver goes on, nothing piles up, and the trouble is told, but not all the time. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Fault } from '../../../src/core/fault.ts';
import type { News, NewsKind } from '../../../src/core/news.ts';
import { newsKinds } from '../../../src/core/news.ts';
import { Hooks } from '../../../src/driver/hooks.ts';
import { Monitor } from '../../../src/driver/monitor.ts';
import type { HookPort } from '../../../src/ports/hook.ts';
import type { ClockPort } from '../../../src/ports/runtime.ts';
import { infohashOf, makeMetainfo, nowMs } from '../../support/world.ts';

const { name } = makeMetainfo({ name: 'a' });

function ship(monitor: Monitor, detail: string): void {
  monitor.recordEvent({
    atMs: nowMs,
    kind: 'ship',
    infohash: infohashOf('a'),
    name,
    outcome: 'done',
    detail,
    remedy: undefined,
    bytes: 1,
    tookMs: 1,
  });
}

interface Setting {
  readonly monitor: Monitor;
  readonly hooks: Hooks;
  readonly warnings: string[];
  readonly clock: { nowMs: () => number; sleep: ClockPort['sleep']; atMs: number };
}

function setUp(send: HookPort['send'], kinds: readonly NewsKind[] = newsKinds): Setting {
  const monitor = new Monitor();
  const warnings: string[] = [];
  const clock: Setting['clock'] = { atMs: 0, nowMs: () => clock.atMs, sleep: async () => undefined };
  const hook = { port: { name: 'a hook', send }, kinds };
  const hooks = new Hooks([hook], monitor, clock, (which, sentence) =>
    warnings.push(`${which}: ${sentence}`),
  );
  return { monitor, hooks, warnings, clock };
}

/** Lets everything happen that waits for nothing but its turn. */
async function settle(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

test('news is told in order, one piece at a time, and only what was asked for', async () => {
  const told: string[] = [];
  let under = 0;
  const send = async ({ sentence }: News): Promise<void> => {
    under += 1;
    assert.equal(under, 1);
    await settle();
    under -= 1;
    told.push(sentence.slice(-1));
  };
  const { monitor, hooks } = setUp(send);
  for (const detail of ['1', '2', '3']) ship(monitor, detail);
  while (told.length < 3) await settle();
  assert.deepEqual(told, ['1', '2', '3']);
  await hooks.end();
  ship(monitor, '4');
  await settle();
  assert.equal(told.length, 3);
  const other = setUp(send, ['problem']);
  ship(other.monitor, '5');
  await settle();
  assert.equal(told.length, 3);
  await other.hooks.end();
});

test('a hook that hangs holds up nobody, and what piles up is bounded', async () => {
  const told: string[] = [];
  let release: () => void = () => undefined;
  const hanging = new Promise<void>((resolve) => (release = resolve));
  const { monitor, hooks, warnings } = setUp(async ({ sentence }) => {
    told.push(sentence);
    await hanging;
    throw new Fault('limit', 'it took too long');
  });
  for (let count = 0; count < 500; count += 1) ship(monitor, String(count));
  await settle();
  const count = (): number => told.length;
  assert.equal(count(), 1);
  release();
  while (count() < 101) await settle();
  await settle();
  assert.equal(count(), 101, 'the one under way, and the newest hundred');
  assert.ok(told.at(-1)?.endsWith('499'));
  assert.deepEqual(warnings, ['a hook: it took too long; 399 pieces of news were left out']);
  await hooks.end();
});

test('failures are told once in ten minutes, with how many there were', async () => {
  const { monitor, hooks, warnings, clock } = setUp(() => Promise.reject(new Fault('refused', 'no')));
  for (const minute of [0, 1, 5, 9, 11]) {
    clock.atMs = minute * 60_000;
    ship(monitor, String(minute));
    await settle();
  }
  assert.deepEqual(warnings, ['a hook: no', 'a hook: no (4 times since it was told last)']);
  await hooks.end();
});

test('the end waits for what is being told, and for what waits behind it no longer than some seconds', async () => {
  const told: string[] = [];
  const { monitor, hooks, clock } = setUp(async ({ sentence }) => {
    await settle();
    told.push(sentence.slice(-1));
  });
  clock.sleep = async () => {
    while (told.length < 2) await settle();
  };
  for (const detail of ['1', '2', '3', '4', '5']) ship(monitor, detail);
  const ending = hooks.end();
  ship(monitor, 'too late');
  await ending;
  assert.deepEqual(told, ['1', '2', '3']);
});

test('at the end a hook that hangs has some seconds, and then none', async () => {
  const slept: number[] = [];
  const { monitor, hooks, warnings, clock } = setUp(
    (_, signal) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          reject(new Fault('limit', 'it was ended'));
        });
      }),
  );
  clock.sleep = async (ms: number) => {
    slept.push(ms);
    await settle();
  };
  ship(monitor, '1');
  ship(monitor, '2');
  await hooks.end();
  assert.deepEqual(slept, [5_000]);
  assert.deepEqual(warnings, ['a hook: it was ended']);
});

test('the end of what is told ends the wait for it', async () => {
  let release: () => void = () => undefined;
  const { monitor, hooks, clock } = setUp(() => new Promise<void>((resolve) => (release = resolve)));
  clock.sleep = (_, signal) =>
    new Promise((resolve) => {
      signal?.addEventListener('abort', () => {
        resolve();
      });
    });
  ship(monitor, '1');
  const ending = hooks.end();
  release();
  await ending;
});
