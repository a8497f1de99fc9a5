/** Windows on a terminal: a line for each torrent that has one, and no table where none has. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { windowLines } from '../../../src/cli/report/windows.ts';
import { mebibyte } from '../../support/world.ts';

const window = {
  totalBytes: 160 * mebibyte,
  windowBytes: 24 * mebibyte,
  inFlightBytes: 2 * mebibyte,
  fetchedBytes: 6 * mebibyte,
  shippedBytes: 4 * mebibyte,
  provedBytes: 60 * mebibyte,
};

test('each stage has its column, within 80 of them', () => {
  const rows = [
    { name: 'whole', window: { ...window, windowBytes: 0 } },
    { name: 'huge.iso', window },
    { name: 'waits' },
  ];
  const lines = windowLines(rows, 80);
  assert.deepEqual(
    lines.map((line) => line.split(/ {2,}/)),
    [
      ['WINDOW OF', 'AT A TIME', 'IN FLIGHT', 'FETCHED', 'SHIPPED', 'PROVED', 'OF'],
      ['huge.iso', '24.0 MiB', '2.0 MiB', '6.0 MiB', '4.0 MiB', '60.0 MiB', '160 MiB'],
    ],
  );
  assert.ok(lines.every((line) => line.length <= 80));
});

test('where no torrent has a window nothing is said', () => {
  assert.deepEqual(windowLines([{ name: 'waits', window: undefined }], 80), []);
});
