/** The live screen as lines: what is where at 80 by 24, and that it fits every other size. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { widthOf } from '../../../../src/cli/report/width.ts';
import { textOf } from '../../../../src/cli/screen/line.ts';
import type { Picture, Size } from '../../../../src/cli/screen/screen.ts';
import { drawScreen, helpPage, whyPage } from '../../../../src/cli/screen/screen.ts';
import { asciiSigns, unicodeSigns } from '../../../../src/cli/screen/space-bar.ts';
import type { View } from '../../../../src/cli/screen/view.ts';
import { firstView } from '../../../../src/cli/screen/view.ts';
import type { StatusReport } from '../../../../src/driver/report.ts';
import { makeMetainfo, makeWorld, mebibyte, nowMs } from '../../../support/world.ts';
import { busyWorld, events, makeReport } from './made-report.ts';

const usual: Size = { columns: 80, rows: 24 };

function draw(
  report: StatusReport,
  { size = usual, view = firstView, signs = unicodeSigns } = {},
): Picture & { readonly text: readonly string[] } {
  const picture = drawScreen(report, view, helpPage, size, signs, nowMs);
  return { ...picture, text: picture.lines.map((line) => textOf(line).trimEnd()) };
}

test('80 by 24 shows the space, the links, every torrent and why, the problem, the events and the keys', () => {
  const { text } = draw(makeReport());
  assert.equal(text.length, 24);
  const shown = text.map((line) => line.replace(/\d\d:\d\d:\d\d/g, 'HH:MM:SS'));
  assert.deepEqual(shown.slice(0, 13), [
    'rtorrent-low-space-driver  daemon for 2h 5m  rtorrent 0.9.8             HH:MM:SS',
    '█████████████████████████▒▒▒▒▒▒▒▒▒▒▒▒▒▒········································│',
    '█ allocated 650 MiB  ▒ reserved 350 MiB  · free 1.0 GiB  │ limit 2.0 GiB',
    'down 3.0 MiB/s  up 20.0 KiB/s  ship 2.0 MiB/s               all done in >27m 38s',
    '6 torrents: 1 shipping, 1 downloading, 1 seeding, 1 failing, 2 waiting',
    'warning bad: ship failed once: the remote is full; tried again in 4m (for 1m)',
    '  NAME                      SIZE STATE        DONE      ETA WHY',
    '▸ album                  200 MiB shipping    100 %   1m 15s 25 % of 200 MiB',
    '  series                 700 MiB downloading  50 %  >7m 47s 3.0 MiB/s',
    '  book                  40.0 MiB seeding     100 %   20m 8s ratio 0.42 of 1.00,…',
    '  bad                   60.0 MiB failing     100 %        - ship failed once: t…',
    '  film with a name th…   800 MiB waiting       0 % >14m 27s load it whole: it n…',
    '  big 图书馆             900 MiB waiting       0 % >27m 38s needs 900 MiB, 248 …',
  ]);
  assert.deepEqual(shown.slice(-5), [
    'HH:MM:SS loaded series: 700 MiB',
    'HH:MM:SS shipped poster: 1 file, 60.0 MiB in 30s (2.0 MiB/s)',
    'HH:MM:SS could not ship bad: the remote is full',
    'album: being shipped: 25 % of 200 MiB',
    'up/down  enter why  p pause  P pause all  + - priority  r retry  ? help  q quit',
  ]);
});

test('what happened is told in plain words, and what came to nothing not at all', () => {
  const happened = [
    { kind: 'set-aside', outcome: 'done', detail: 'nothing arrived for 1d' },
    { kind: 'roll', outcome: 'done', detail: '3 files, 12.0 MiB freed; 2 files more' },
    { kind: 'extend', outcome: 'done', detail: '1 file more' },
    { kind: 'ship', outcome: 'stale', detail: 'ended, as a signal wanted it' },
    { kind: 'stream', outcome: 'done', detail: 'film.mkv' },
    { kind: 'set-aside', outcome: 'failed', detail: 'rtorrent does not answer' },
    { kind: 'recovery', outcome: undefined, detail: 'rtorrent answers again', name: undefined },
  ] as const;
  const told = happened.map((event, index) => ({
    name: 'album',
    atMs: nowMs,
    bytes: 60 * mebibyte,
    tookMs: 30_000,
    ...event,
    number: index + 1,
  }));
  const { text } = draw(makeReport(busyWorld, { events: told }), { size: { columns: 80, rows: 40 } });
  const shown = text.flatMap((line) => (/^\d\d:\d\d:\d\d /.test(line) ? [line.slice(9)] : []));
  assert.deepEqual(shown, [
    'set aside album: nothing arrived for 1d',
    'moved on in album: 3 files, 12.0 MiB freed; 2 files more',
    'fetches more of album: 1 file more',
    'streamed album: film.mkv, 60.0 MiB in 30s (2.0 MiB/s)',
    'could not set aside album: rtorrent does not answer',
    'recovery: rtorrent answers again',
  ]);
});

test('the reasons of a torrent stand in two columns, each fact under its own', () => {
  const why = {
    sentence: 'needs 900 MiB, 248 MiB is left',
    facts: [
      { about: 'torrent', detail: '900 MiB, 1 file' },
      { about: 'directory', detail: `/home/me/${'a directory with a long name '.repeat(3)}` },
    ],
  };
  const page = whyPage('film', why);
  const size = { columns: 40, rows: 12 };
  const view = { ...firstView, page: 'why' as const };
  const { lines } = drawScreen(makeReport(), view, page, size, unicodeSigns, nowMs);
  assert.deepEqual(
    lines.slice(2).map((line) => textOf(line).trimEnd()),
    [
      'film: needs 900 MiB, 248 MiB is left',
      '',
      'torrent    900 MiB, 1 file',
      'directory  /home/me/a directory with a',
      '           long name a directory with a',
      '           long name a directory with a',
      '           long name',
      '',
      '',
      'escape back',
    ],
  );
});

test('it fits every size, to the column and the row', () => {
  const report = makeReport();
  for (const columns of [1, 10, 20, 37, 40, 50, 64, 80, 99, 132, 250]) {
    for (const rows of [1, 2, 5, 9, 12, 24, 40, 70]) {
      for (const page of ['torrents', 'help', 'why'] as const) {
        const { lines } = draw(report, { size: { columns, rows }, view: { ...firstView, page } });
        assert.ok(lines.length <= rows, `${lines.length} lines on ${columns}x${rows}`);
        if (rows >= 12) assert.equal(lines.length, rows, `${columns}x${rows}`);
        for (const line of lines) {
          const width = widthOf(textOf(line));
          assert.ok(width <= columns, `${width} columns on ${columns}x${rows}: ${textOf(line)}`);
        }
      }
    }
  }
});

test('without Unicode every sign is ASCII, and what is what can be told without colour', () => {
  const { text } = draw(makeReport(makeWorld([{ metainfo: makeMetainfo({ name: 'plain' }) }])), {
    signs: asciiSigns,
  });
  for (const line of text) assert.match(line, /^[ -~]*$/);
  assert.match(text[2] ?? '', /^# allocated .* = reserved .* \. free .* \| limit/);
});

test('what is over the limit stands behind the mark of the limit', () => {
  const report = makeReport(busyWorld);
  assert.ok(report.space !== undefined);
  const full = { ...report.space, limitBytes: 500 * mebibyte, roomBytes: 0, deficitBytes: 500 * mebibyte };
  const { text } = draw({ ...report, space: full }, { signs: asciiSigns });
  assert.match(text[1] ?? '', /^#+\|#+=+$/);
});

test('the chosen torrent stays in sight, and no line is wasted', () => {
  const many = makeReport(
    makeWorld(
      Array.from({ length: 100 }, (_, index) => ({ metainfo: makeMetainfo({ name: `t${index + 100}` }) })),
    ),
  );
  const at = (index: number, top: number): Picture => {
    const view: View = { ...firstView, chosen: many.torrents[index]?.infohash, top };
    return draw(many, { view });
  };
  const marked = ({ lines }: Picture): number => lines.filter((line) => textOf(line).startsWith('▸')).length;
  for (const [index, top] of [
    [0, 0],
    [50, 0],
    [99, 0],
    [3, 80],
    [99, 99],
  ] as const) {
    const picture = at(index, top);
    assert.equal(marked(picture), 1, `${index} from ${top}`);
    assert.ok(picture.view.top <= 100 - picture.pageRows);
  }
});

test('what cannot be seen says so where its figures would be', () => {
  const blind = makeReport({
    ...busyWorld,
    rtorrent: { seen: false, reason: 'nobody answers', remedy: 'start rtorrent' },
    disk: { seen: false, reason: 'its directories are known from rtorrent alone' },
  });
  const { text } = draw(blind);
  assert.match(text.join('\n'), /the space is not known: its directories/);
  assert.match(text.join('\n'), /problem rtorrent cannot be seen: nobody answers - start rtorrent/);
  assert.match(text.join('\n'), /ETA unknown/);
});

test('an empty directory, a daemon that says nothing, and everything paused are told', () => {
  const empty = makeReport(makeWorld([]), { isAllPaused: true, takenAtMs: nowMs - 90_000, events });
  const { text } = draw(empty);
  assert.match(text[0] ?? '', /all is paused/);
  assert.match(draw(empty, { size: { columns: 120, rows: 24 } }).text[0] ?? '', /seen 1m 30s ago/);
  assert.match(text.join('\n'), /There are no torrents/);
});

test('what the last key did stands in the place of the sentence about the chosen torrent', () => {
  const { text } = draw(makeReport(), { view: { ...firstView, message: 'album: paused' } });
  assert.equal(text.at(-2), 'album: paused');
});
