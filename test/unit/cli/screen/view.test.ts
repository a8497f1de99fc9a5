/** What the keys do to the view, and what they ask for. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Key } from '../../../../src/cli/screen/keys.ts';
import type { View, Wish } from '../../../../src/cli/screen/view.ts';
import { firstView, listed, pressed, scrolled } from '../../../../src/cli/screen/view.ts';
import { makeWorld } from '../../../support/world.ts';
import { makeReport } from './made-report.ts';

const report = makeReport();
const rows = listed(report);

function letter(character: string): Key {
  return { kind: 'character', character };
}

function press(view: View, ...keys: readonly Key[]): { readonly view: View; readonly wish?: Wish } {
  return keys.reduce<{ view: View; wish?: Wish }>((before, key) => pressed(before.view, key, report, 3), {
    view,
  });
}

function nameOf({ chosen }: View): string | undefined {
  return rows.find(({ infohash }) => infohash === chosen)?.name;
}

test('what moves is listed first, then the queue in its order', () => {
  assert.deepEqual(
    rows.map(({ state }) => state),
    ['shipping', 'downloading', 'seeding', 'failing', 'waiting', 'waiting'],
  );
});

test('up and down choose, and stop at both ends', () => {
  assert.equal(nameOf(press(firstView, { kind: 'down' }).view), 'series');
  assert.equal(nameOf(press(firstView, letter('j'), { kind: 'down' }, letter('k')).view), 'series');
  assert.equal(nameOf(press(firstView, { kind: 'up' }).view), 'album');
  assert.equal(nameOf(press(firstView, { kind: 'end' }, { kind: 'down' }).view), rows.at(-1)?.name);
  assert.equal(nameOf(press(firstView, { kind: 'page-down' }).view), 'bad');
  assert.equal(nameOf(press(firstView, { kind: 'end' }, { kind: 'home' }).view), 'album');
});

test('letters tell the driver about the chosen torrent', () => {
  const second = press(firstView, { kind: 'down' }).view;
  const infohash = rows[1]?.infohash;
  const commandFor = (key: string): unknown => {
    const { wish } = press(second, letter(key));
    return wish?.kind === 'command' ? wish.command : wish;
  };
  assert.deepEqual(commandFor('p'), { kind: 'pause', infohash });
  assert.deepEqual(commandFor('r'), { kind: 'retry', infohash });
  assert.deepEqual(commandFor('+'), { kind: 'priority', infohash, priority: 'high' });
  assert.deepEqual(commandFor('-'), { kind: 'priority', infohash, priority: 'low' });
  assert.deepEqual(commandFor('P'), { kind: 'pause', infohash: undefined });
  assert.equal(commandFor('x'), undefined);
});

test('what is paused is resumed, and priority ends at high and low', () => {
  const paused = {
    ...report,
    isAllPaused: true,
    torrents: report.torrents.map((row) => ({ ...row, isPaused: true, priority: 'high' as const })),
  };
  const wishFor = (key: string): Wish | undefined => pressed(firstView, letter(key), paused, 3).wish;
  const infohash = listed(paused)[0]?.infohash;
  assert.deepEqual(wishFor('p'), { kind: 'command', command: { kind: 'resume', infohash } });
  assert.deepEqual(wishFor('P'), { kind: 'command', command: { kind: 'resume', infohash: undefined } });
  assert.deepEqual(wishFor('+'), {
    kind: 'command',
    command: { kind: 'priority', infohash, priority: 'high' },
  });
});

test('q and Ctrl-C quit, Ctrl-Z suspends, Ctrl-L draws anew', () => {
  assert.equal(press(firstView, letter('q')).wish?.kind, 'quit');
  assert.equal(press(firstView, { kind: 'interrupt' }).wish?.kind, 'quit');
  assert.equal(press(firstView, { kind: 'suspend' }).wish?.kind, 'suspend');
  assert.equal(press(firstView, letter('\f')).wish?.kind, 'redraw');
});

test('the help opens, scrolls and closes; q there goes back, and Ctrl-C quits even there', () => {
  const help = press(firstView, letter('?')).view;
  assert.equal(help.page, 'help');
  assert.equal(press(help, { kind: 'down' }).view.top, 1);
  assert.equal(press(help, letter('q')).view.page, 'torrents');
  assert.equal(press(help, { kind: 'escape' }).view.page, 'torrents');
  assert.equal(press(help, letter('p')).wish, undefined);
  assert.equal(press(help, { kind: 'interrupt' }).wish?.kind, 'quit');
});

test('Enter opens the reasons of the chosen torrent, and goes back', () => {
  const second = press(firstView, { kind: 'down' }, { kind: 'enter' });
  assert.deepEqual(second.wish, { kind: 'why', infohash: rows[1]?.infohash });
  assert.equal(second.view.page, 'why');
  const back = press(second.view, { kind: 'down' }, { kind: 'enter' }).view;
  assert.deepEqual([back.page, nameOf(back), back.top], ['torrents', 'series', 0]);
});

test('without torrents the keys about one do nothing', () => {
  const empty = makeReport(makeWorld([]));
  const named = ['down', 'end', 'enter'] as const;
  for (const key of [letter('p'), letter('+'), ...named.map((kind) => ({ kind }))]) {
    const { view, wish } = pressed(firstView, key, empty, 3);
    assert.equal(wish, undefined);
    assert.equal(view.chosen, undefined);
  }
});

test('the list moves no further than it has to', () => {
  assert.equal(scrolled(0, 5, 100, 10), 0);
  assert.equal(scrolled(0, 10, 100, 10), 1);
  assert.equal(scrolled(50, 10, 100, 10), 10);
  assert.equal(scrolled(95, 99, 100, 10), 90);
  assert.equal(scrolled(4, 2, 3, 10), 0);
});
