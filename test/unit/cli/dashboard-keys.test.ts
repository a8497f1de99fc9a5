/** The keys of the dashboard and the hooks: their forms, their defaults, and what must not be set together. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ConfigurationError } from '../../../src/cli/config.ts';
import { newsKinds } from '../../../src/core/news.ts';
import { configured } from './configured.ts';

const token = '0123456789abcdef';

function mistakesOf(changes: Readonly<Record<string, string>>): readonly string[] {
  try {
    configured(changes);
    return [];
  } catch (error) {
    if (error instanceof ConfigurationError) return error.lines;
    throw error;
  }
}

test('no port is opened and nobody is told unless it is asked for', () => {
  const { dashboard, hooks } = configured({});
  assert.equal(dashboard, undefined);
  assert.deepEqual(hooks, { command: undefined, post: undefined });
  assert.equal(configured({ dashboard: 'off' }).dashboard, undefined);
});

test('a loopback address needs no token; every other one does', () => {
  assert.deepEqual(configured({ dashboard: '127.0.0.1:8080' }).dashboard, {
    host: '127.0.0.1',
    port: 8080,
    token: undefined,
  });
  assert.deepEqual(configured({ dashboard: '[::1]:80', dashboard_token: token }).dashboard, {
    host: '::1',
    port: 80,
    token,
  });
  assert.deepEqual(configured({ dashboard: 'seedbox.example:8080', dashboard_token: token }).dashboard, {
    host: 'seedbox.example',
    port: 8080,
    token,
  });
  for (const dashboard of ['0.0.0.0:8080', '[::]:8080', '192.168.1.2:8080', 'seedbox.example:8080']) {
    const [mistake, ...more] = mistakesOf({ dashboard });
    assert.match(mistake ?? '', /a\.cf:8: dashboard .* can be reached from other hosts; .*dashboard_token/);
    assert.deepEqual(more, []);
  }
});

describe('a mistake is told with its fix', () => {
  const wrong: readonly (readonly [key: string, value: string, fix: RegExp])[] = [
    ['dashboard', '8080', /127\.0\.0\.1:8080/],
    ['dashboard', '127.0.0.1:0', /127\.0\.0\.1:8080/],
    ['dashboard', '127.0.0.1:99999', /127\.0\.0\.1:8080/],
    ['dashboard', 'http://127.0.0.1:8080/', /127\.0\.0\.1:8080/],
    ['dashboard_token', 'short', /openssl rand/],
    ['dashboard_token', 'with spaces in it, and long', /openssl rand/],
    ['notify_url', 'ntfy.sh/topic', /https:\/\//],
    ['notify_url', 'file:///etc/passwd', /https:\/\//],
    ['notify_format', 'xml', /json, ntfy/],
    ['notify_kinds', 'everything', /problem/],
    ['on_event_kinds', '', /problem/],
  ];
  for (const [key, value, fix] of wrong) {
    test(`${key} = ${value}`, () => {
      const [mistake, ...more] = mistakesOf({ [key]: value });
      assert.match(mistake ?? '', new RegExp(`^/a\\.cf:8: ${key} `));
      assert.match(mistake ?? '', fix);
      assert.deepEqual(more, []);
    });
  }
});

test('a command is told everything, a server what a person wants to know; both can be chosen', () => {
  const { hooks } = configured({ on_event: 'logger -t torrents', notify_url: 'https://ntfy.sh/my-topic' });
  assert.deepEqual(hooks, {
    command: { text: 'logger -t torrents', kinds: newsKinds },
    post: { url: 'https://ntfy.sh/my-topic', format: 'ntfy', kinds: ['completed', 'retired', 'problem'] },
  });
  const other = configured({
    on_event: 'cat',
    on_event_kinds: 'problem',
    notify_url: 'https://example.org/hook',
    notify_format: 'json',
    notify_kinds: 'all',
  });
  assert.deepEqual(other.hooks, {
    command: { text: 'cat', kinds: ['problem'] },
    post: { url: 'https://example.org/hook', format: 'json', kinds: newsKinds },
  });
});
