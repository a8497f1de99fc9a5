/** What goes to a terminal and what to a pipe: colours, and a line of progress that never mixes with others. */

import assert from 'node:assert/strict';
import { fstatSync } from 'node:fs';
import { test } from 'node:test';
import type { Action } from '../../../src/core/action.ts';
import { Log } from '../../../src/cli/report/log.ts';
import { LogReporter } from '../../../src/cli/report/reporter.ts';
import { Terminal } from '../../../src/cli/report/terminal.ts';
import { downloads, makeJob, makeManaged, makeMetainfo } from '../../support/world.ts';

/** A stream that keeps what is written. */
function screen(isTTY: boolean, columns = 60): { stream: NodeJS.WriteStream; written: () => string } {
  let text = '';
  const stream = {
    isTTY,
    columns,
    write: (chunk: string) => {
      text += chunk;
      return true;
    },
  };
  return { stream: stream as unknown as NodeJS.WriteStream, written: () => text };
}

const red = '\u001B[31mword\u001B[39m';

test('colours are for terminals, unless the environment says otherwise', () => {
  const styled = (isTTY: boolean, environment: NodeJS.ProcessEnv): string =>
    new Terminal(screen(isTTY).stream, environment).style('red', 'word');
  assert.equal(styled(true, {}), red);
  assert.equal(styled(false, {}), 'word');
  assert.equal(styled(true, { NO_COLOR: '1' }), 'word');
  assert.equal(styled(true, { NO_COLOR: '' }), red, 'set but empty means nothing (no-color.org)');
  assert.equal(styled(true, { TERM: 'dumb' }), 'word');
  assert.equal(styled(false, { FORCE_COLOR: '1' }), red);
  assert.equal(styled(false, { FORCE_COLOR: '1', NO_COLOR: '1' }), 'word');
});

test('a line of progress is replaced by the next one, and cleared before anything else is said', () => {
  const { stream, written } = screen(true, 20);
  const terminal = new Terminal(stream, {});
  terminal.progress('10 %');
  terminal.progress('a very long line of progress');
  terminal.line('shipped');
  terminal.line('done');
  assert.equal(written(), '\r\u001B[K10 %\r\u001B[Ka very long line o…\r\u001B[Kshipped\ndone\n');
});

test('nobody is shown progress where nobody watches, or where nothing can be replaced', () => {
  for (const [isTTY, environment] of [
    [false, {}],
    [true, { TERM: 'dumb' }],
  ] as const) {
    const { stream, written } = screen(isTTY);
    const terminal = new Terminal(stream, environment);
    terminal.progress('10 %');
    terminal.line('done');
    assert.equal(written(), 'done\n');
  }
});

const metainfo = makeMetainfo({ name: 'album', files: [3000, 1000] });
const managed = makeManaged(metainfo);
const ship: Action = { kind: 'ship', managed, directory: downloads, files: metainfo.files };

function reporterOn(
  isTTY: boolean,
  logFormat: 'auto' | 'human' | 'json',
): { reporter: LogReporter; written: () => string } {
  const { stream, written } = screen(isTTY, 100);
  const terminal = new Terminal(stream, { NO_COLOR: '1' });
  return {
    reporter: new LogReporter(new Log({ logLevel: 'info', logFormat }, terminal), terminal),
    written,
  };
}

test('what was done is a line for people, with size, time and rate', () => {
  const { reporter, written } = reporterOn(false, 'human');
  reporter.acted(ship, { kind: 'done', detail: '2 of 2 files' }, 2000);
  assert.match(written(), /^\d\d:\d\d:\d\d shipped album: 2 of 2 files, 3\.9 KiB in 2s \(2\.0 KiB\/s\)\n$/);
});

test('what failed is told with its fix, what was only stale is not', () => {
  const { reporter, written } = reporterOn(false, 'human');
  reporter.acted(ship, { kind: 'stale', detail: 'it was loaded meanwhile' }, 1);
  reporter.acted(ship, { kind: 'failed', message: 'bighost has no room left', remedy: 'make room' }, 1);
  assert.match(written(), /^\S+ could not ship album: bighost has no room left — make room\n$/);
});

test('machines get the same as JSON, with constant messages and fields', () => {
  const { reporter, written } = reporterOn(false, 'json');
  reporter.acted(ship, { kind: 'done', detail: '2 of 2 files' }, 2000);
  const { level, message, torrent, infohash, tookMs } = JSON.parse(written()) as Record<string, unknown>;
  assert.deepEqual(
    { level, message, torrent, infohash, tookMs },
    { level: 30, message: 'shipped', torrent: 'album', infohash: metainfo.infohash, tookMs: 2000 },
  );
});

test('what lies below the level is not written, and the level can change', () => {
  const { stream, written } = screen(false);
  const log = new Log({ logLevel: 'warn', logFormat: 'json' }, new Terminal(stream, {}));
  log.info('too small', { torrent: 'album' });
  log.warn('written', { torrent: 'a "b"\n', detail: undefined });
  log.level = 'debug';
  log.debug('now as well');
  const lines = written().trimEnd().split('\n');
  const records = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  assert.deepEqual(
    records.map(({ time, ...rest }) => ({ ...rest, isTime: !Number.isNaN(Date.parse(String(time))) })),
    [
      { level: 40, torrent: 'a "b"\n', message: 'written', isTime: true },
      { level: 20, message: 'now as well', isTime: true },
    ],
  );
});

test('text is for whoever reads a terminal, JSON for the rest, unless it is asked for', () => {
  const lineOf = (isTTY: boolean, logFormat: 'auto' | 'human' | 'json'): string => {
    const { reporter, written } = reporterOn(isTTY, logFormat);
    reporter.acted(ship, { kind: 'failed', message: 'no room', remedy: undefined }, 1);
    return written();
  };
  assert.match(lineOf(true, 'auto'), /^\S+ could not ship album: no room\n$/);
  const { level, message, detail } = JSON.parse(lineOf(false, 'auto')) as Record<string, unknown>;
  assert.deepEqual([level, message, detail], [40, 'could not ship', 'no room']);
  assert.match(lineOf(false, 'human'), /^\S+ could not ship/);
  assert.match(lineOf(true, 'json'), /^\{/);
});

test('the progress of a transfer shows share, size and rate, and goes when it ends', () => {
  const { reporter, written } = reporterOn(true, 'human');
  reporter.progressed(managed, { ...makeJob(metainfo), kind: 'ship', totalBytes: 4000, doneBytes: 1000 });
  assert.match(written(), /shipping album: 25 %, 1000 B of 3\.9 KiB, .*\/s, .* left$/);
  reporter.acted(ship, { kind: 'done', detail: '2 of 2 files' }, 1000);
  assert.match(written(), /left\r\u001B\[K\d\d:\d\d:\d\d shipped album/);
});

test('where the journal listens, each line begins with its level, and has no time of its own', () => {
  const { dev, ino } = fstatSync(2);
  const linesOf = (JOURNAL_STREAM: string): readonly string[] => {
    const { stream, written } = screen(false);
    const terminal = new Terminal(Object.assign(stream, { fd: 2 as const }), { JOURNAL_STREAM });
    const log = new Log({ logLevel: 'debug', logFormat: 'auto' }, terminal);
    log.error('bad');
    log.warn('odd');
    log.info('done', { torrent: 'a' });
    log.debug('small');
    return written().trimEnd().split('\n');
  };
  assert.deepEqual(linesOf(`${dev}:${ino}`), ['<3>bad', '<4>odd', '<6>done a', '<7>small']);
  assert.match(linesOf(`${dev}:${ino + 1}`)[0] ?? '', /^\{"level":50,/, 'it listens elsewhere');
});
