/** A configuration that was read again: what can be heeded is, and what cannot is named. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { reload } from '../../../src/cli/reload.ts';
import { configured } from './configured.ts';

test('nothing changed needs nothing', () => {
  assert.deepEqual(reload(configured(), configured()), { configuration: configured(), needRestart: [] });
});

test('policy and log level are heeded at once', () => {
  const read = configured({ space_limit: '1GiB', max_transfers: '5', log_level: 'debug' });
  assert.deepEqual(reload(configured(), read), { configuration: read, needRestart: [] });
});

test('what the daemon is built on stays until it is started again', () => {
  const read = configured({
    remote_host: 'other',
    socket_url: 'scgi://host:1',
    log_format: 'json',
    required_ratio: '2',
  });
  const { configuration, needRestart } = reload(configured(), read);
  assert.deepEqual(needRestart, ['remote_host', 'rtorrent (socket_url and the like)', 'log_format']);
  assert.equal(configuration.policy.duty.requiredRatio, 2);
  assert.deepEqual(configuration, { ...configured({ required_ratio: '2' }) });
});
