/** The report of `quota`, as the Linux quota tools print it. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseQuotaReport } from '../../../src/codec/quota-report.ts';

const head = `Disk quotas for user me (uid 1000): 
     Filesystem   blocks   quota   limit   grace   files   quota   limit   grace
`;

test('the lower limit counts, in bytes; the star of what is beyond it is no part of the number', () => {
  const text = `${head}           /home    2048   10240   20480       0      12       0       0       0
      /srv/my data    300*    200     400 1790000000   7*      5      10 1790000000
`;
  assert.deepEqual(parseQuotaReport(text), [
    { mountPoint: '/home', usedBytes: 2048 * 1024, limitBytes: 10240 * 1024 },
    { mountPoint: '/srv/my data', usedBytes: 300 * 1024, limitBytes: 200 * 1024 },
  ]);
});

test('a hard limit alone counts; filesystems without a limit, and people without quotas, are left out', () => {
  const text = `${head}           /home    1       0   4096       0      12       0       0       0
              /    1       0       0       0      12       0     100       0
Disk quotas for group users (gid 100): none
`;
  assert.deepEqual(parseQuotaReport(text), [
    { mountPoint: '/home', usedBytes: 1024, limitBytes: 4096 * 1024 },
  ]);
  assert.deepEqual(parseQuotaReport('Disk quotas for user root (uid 0): none'), []);
});

test('what is no report says nothing', () => {
  assert.deepEqual(parseQuotaReport(''), []);
  assert.deepEqual(parseQuotaReport('quota: error while getting quota from /dev/sda1'), []);
});
