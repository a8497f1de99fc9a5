/** The HTTP API as its clients meet it, over the socket and over TCP: answers, guards, limits, and its own description. */

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { dirname, join } from 'node:path';
import { describe, test } from 'node:test';
import { Fault } from '../../../src/core/fault.ts';
import openApi from '../../../src/dashboard/openapi.json' with { type: 'json' };
import { torrentStates } from '../../../src/driver/status.ts';
import { infohashOf, makeMetainfo, makeReceipt, mebibyte, nowMs } from '../../support/world.ts';
import { expectDescribed } from './described.ts';
import type { Served } from './made-world.ts';
import { serve, threeTorrents } from './made-world.ts';
import { findFormatMistakes } from './metrics-format.ts';

interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

interface Asking {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

type Way = 'unix' | 'tcp';

function ask(served: Served, way: Way, path: string, asking: Asking = {}): Promise<Reply> {
  const place = way === 'unix' ? { socketPath: served.socketPath } : { host: '127.0.0.1', port: served.port };
  return new Promise((resolve, reject) => {
    const sent = request(
      { ...place, path, method: asking.method ?? 'GET', headers: { ...asking.headers }, timeout: 10_000 },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => (text += chunk));
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
        );
      },
    );
    sent.on('error', reject);
    sent.end(asking.body);
  });
}

function tell(served: Served, way: Way, body: string, headers: Readonly<Record<string, string>> = {}) {
  return ask(served, way, '/api/v1/commands', {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', ...headers },
  });
}

for (const way of ['unix', 'tcp'] as const) {
  describe(`over ${way}`, () => {
    test('before the first look there is nothing to tell', async (t) => {
      const served = await serve(t);
      for (const path of ['/api/v1/status', '/api/v1/plan']) {
        const { status, text } = await ask(served, way, path);
        assert.equal(status, 503);
        expectDescribed(path, 'get', 503, text);
      }
      assert.equal((await ask(served, way, '/metrics')).status, 200);
    });

    test('what keeps the driver from looking is told, alone and with what was seen before', async (t) => {
      const served = await serve(t);
      const { monitor } = served.world;
      const fault = new Fault('refused', 'the managed directory is gone', 'make it');
      monitor.breakOff(fault, nowMs - 5000);
      const alone = await ask(served, way, '/api/v1/status');
      assert.equal(alone.status, 503);
      assert.deepEqual(JSON.parse(alone.text), {
        error: { message: 'nothing can be done: the managed directory is gone', remedy: 'make it' },
      });
      const problems = async (): Promise<readonly { id: string; sinceMs: number }[]> => {
        const { text } = await ask(served, way, '/api/v1/status');
        expectDescribed('/api/v1/status', 'get', 200, text);
        return (JSON.parse(text) as { problems: readonly { id: string; sinceMs: number }[] }).problems;
      };
      served.world.show(threeTorrents());
      const before = await problems();
      monitor.breakOff(fault, nowMs + 1);
      monitor.breakOff(fault, nowMs + 2);
      const [first, ...others] = await problems();
      assert.deepEqual([first?.id, first?.sinceMs], ['host-unseen', nowMs + 1]);
      assert.deepEqual(others, before);
      served.world.show(threeTorrents());
      assert.deepEqual(await problems(), before);
    });

    test('every answer is as it is described', async (t) => {
      const served = await serve(t);
      const metainfo = makeMetainfo({ name: 'parts', files: [16 * mebibyte, 32 * mebibyte, 16 * mebibyte] });
      served.world.events.push({
        atMs: nowMs,
        infohash: metainfo.infohash,
        name: 'parts',
        action: 'select',
        files: 1,
        bytes: 5,
        tookMs: 4,
        detail: '1 of 3 files',
      });
      served.world.receipts.push(makeReceipt(metainfo, 0));
      served.world.show(threeTorrents());
      const paths = [
        ['/api/v1/status', '/api/v1/status'],
        ['/api/v1/plan', '/api/v1/plan'],
        ['/api/v1/torrents/{infohash}', `/api/v1/torrents/${metainfo.infohash.toLowerCase()}`],
        ['/api/v1/history', '/api/v1/history?limit=5'],
        ['/api/v1/samples', '/api/v1/samples'],
      ] as const;
      for (const [described, path] of paths) {
        const { status, text, headers } = await ask(served, way, path);
        assert.equal(status, 200, path);
        assert.equal(headers['cache-control'], 'no-store');
        expectDescribed(described, 'get', 200, text);
      }
    });

    test('a ledger that cannot be read is told, and asked again the next time', async (t) => {
      const served = await serve(t);
      served.world.show(threeTorrents());
      const fault = new Fault('failed', 'the ledger failed: disk I/O error', 'see that its disk has room');
      served.world.ledgerFault = fault;
      const { infohash } = makeMetainfo({
        name: 'parts',
        files: [16 * mebibyte, 32 * mebibyte, 16 * mebibyte],
      });
      const paths = [
        ['/api/v1/history', '/api/v1/history'],
        ['/api/v1/torrents/{infohash}', `/api/v1/torrents/${infohash}`],
      ] as const;
      for (const [described, path] of paths) {
        const { status, text } = await ask(served, way, path);
        assert.equal(status, 503);
        expectDescribed(described, 'get', 503, text);
        assert.deepEqual(JSON.parse(text), { error: { message: fault.message, remedy: fault.remedy } });
      }
      served.world.ledgerFault = undefined;
      for (const [, path] of paths) assert.equal((await ask(served, way, path)).status, 200);
    });

    test('what was not seen is described as well', async (t) => {
      const served = await serve(t);
      served.world.show({
        ...threeTorrents(),
        rtorrent: { seen: false, reason: 'nobody answers', remedy: 'start it' },
      });
      const { text } = await ask(served, way, '/api/v1/status');
      expectDescribed('/api/v1/status', 'get', 200, text);
      expectDescribed('/api/v1/plan', 'get', 200, (await ask(served, way, '/api/v1/plan')).text);
    });

    test('commands are carried out, and failures are told with their remedy', async (t) => {
      const served = await serve(t);
      const infohash = infohashOf('a');
      const done = await tell(served, way, JSON.stringify({ kind: 'pause', infohash }));
      assert.equal(done.status, 200);
      expectDescribed('/api/v1/commands', 'post', 200, done.text);
      assert.deepEqual(served.world.commands, [{ kind: 'pause', infohash }]);
      served.world.outcome = { kind: 'failed', message: 'no such torrent', remedy: 'look' };
      const failed = await tell(served, way, JSON.stringify({ kind: 'retry' }));
      assert.equal(failed.status, 422);
      expectDescribed('/api/v1/commands', 'post', 422, failed.text);
      assert.deepEqual(JSON.parse(failed.text), { error: { message: 'no such torrent', remedy: 'look' } });
      const wrong = await tell(served, way, '{"kind":"delete"}');
      assert.equal(wrong.status, 400);
      expectDescribed('/api/v1/commands', 'post', 400, wrong.text);
      assert.equal(served.world.commands.length, 2);
    });

    test('a body that is too long is refused', async (t) => {
      const served = await serve(t);
      const { status } = await tell(
        served,
        way,
        JSON.stringify({ kind: 'pause', infohash: 'A'.repeat(20_000) }),
      );
      assert.equal(status, 413);
      assert.deepEqual(served.world.commands, []);
    });

    test('what is not there is told, and asked wrongly as well', async (t) => {
      const served = await serve(t);
      const statuses: readonly (readonly [path: string, method: string, status: number])[] = [
        ['/nothing', 'GET', 404],
        ['/api/v1/../../etc/passwd', 'GET', 404],
        ['/%2e%2e/main.js', 'GET', 404],
        ['/api/v1/torrents/xyz', 'GET', 400],
        ['/api/v1/torrents/%ZZ', 'GET', 400],
        [`/api/v1/torrents/${infohashOf('nobody')}`, 'GET', 404],
        ['/api/v1/history?limit=0', 'GET', 400],
        ['/api/v1/history?limit=many', 'GET', 400],
        ['/api/v1/status', 'DELETE', 405],
        ['/api/v1/commands', 'GET', 405],
        ['/', 'GET', 503],
      ];
      for (const [path, method, expected] of statuses) {
        const { status, text } = await ask(served, way, path, { method });
        assert.equal(status, expected, `${method} ${path}`);
        assert.ok('error' in (JSON.parse(text) as object));
      }
    });

    test('every answer carries the headers that keep a browser safe', async (t) => {
      const served = await serve(t);
      for (const path of ['/', '/api/v1/status', '/metrics', '/openapi.json', '/nothing']) {
        const { headers } = await ask(served, way, path);
        assert.equal(headers['x-content-type-options'], 'nosniff', path);
        assert.equal(headers['x-frame-options'], 'DENY', path);
        const policy = String(headers['content-security-policy']);
        assert.match(policy, /default-src 'none'/);
        assert.doesNotMatch(policy, /unsafe|\*|https?:/);
        assert.equal(headers['access-control-allow-origin'], undefined);
      }
    });

    test('metrics are in the format that Prometheus reads', async (t) => {
      const served = await serve(t);
      served.world.show(threeTorrents());
      const { headers, text } = await ask(served, way, '/metrics');
      assert.match(String(headers['content-type']), /^text\/plain; version=0\.0\.4/);
      assert.deepEqual(findFormatMistakes(text), []);
    });
  });
}

test("the page's files come with a tag, and are not sent twice", async (t) => {
  const served = await serve(t);
  const directory = dirname(served.socketPath);
  writeFileSync(join(directory, 'index.html'), '<!doctype html>');
  const first = await ask(served, 'tcp', '/');
  assert.equal(first.status, 200);
  assert.equal(first.text, '<!doctype html>');
  const again = await ask(served, 'tcp', '/', {
    headers: { 'if-none-match': String(first.headers['etag']) },
  });
  assert.equal(again.status, 304);
  assert.equal(again.text, '');
  const head = await ask(served, 'tcp', '/', { method: 'HEAD' });
  assert.deepEqual([head.status, head.text], [200, '']);
});

test('over TCP strangers are refused: another host, another site, no token', async (t) => {
  const served = await serve(t, { token: 'a-long-and-secret-token' });
  served.world.show(threeTorrents());
  const authorization = 'Bearer a-long-and-secret-token';
  const status = async (
    headers: Readonly<Record<string, string>>,
    path = '/api/v1/status',
  ): Promise<number> => (await ask(served, 'tcp', path, { headers })).status;
  assert.equal(await status({}), 401);
  assert.equal(await status({}, '/metrics'), 401);
  assert.equal(await status({}, '/api/v1/events'), 401);
  assert.equal(await status({ authorization }), 200);
  assert.equal(await status({ host: 'proxy.example' }), 401);
  assert.equal(await status({ authorization, host: 'proxy.example' }), 200);
  assert.equal(await status({ authorization, origin: 'http://evil.example' }), 403);
  assert.equal(await status({ authorization, 'sec-fetch-site': 'cross-site' }), 403);
  assert.equal((await ask(served, 'unix', '/api/v1/status')).status, 200);
  assert.equal(
    (await tell(served, 'tcp', '{"kind":"pause"}', { origin: 'http://evil.example' })).status,
    403,
  );
  assert.equal((await tell(served, 'tcp', '{"kind":"pause"}')).status, 401);
  assert.deepEqual(served.world.commands, []);
});

test('over TCP without a token another name is refused, which a foreign page may have made lead here', async (t) => {
  const served = await serve(t);
  served.world.show(threeTorrents());
  const headers = { host: 'evil.example' };
  assert.equal((await ask(served, 'tcp', '/api/v1/status', { headers })).status, 421);
  assert.equal((await ask(served, 'tcp', '/', { headers })).status, 421);
  assert.equal((await tell(served, 'tcp', '{"kind":"pause"}', headers)).status, 421);
  assert.equal((await ask(served, 'unix', '/api/v1/status', { headers })).status, 200);
  assert.deepEqual(served.world.commands, []);
});

test('what the API offers and what its description names are the same', async (t) => {
  const served = await serve(t);
  const { text } = await ask(served, 'unix', '/openapi.json');
  const description = JSON.parse(text) as {
    readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  };
  for (const [path, methods] of Object.entries(description.paths)) {
    const asked = path.replace('{infohash}', infohashOf('nobody'));
    // Whatever is named by no method is refused; 404 is said of torrents alone.
    const { status } = await ask(served, 'unix', asked, { method: 'DELETE' });
    assert.equal(status, 405, path);
    const allowed = (await ask(served, 'unix', asked, { method: 'DELETE' })).headers['allow'];
    const named = Object.keys(methods).map((method) => method.toUpperCase());
    assert.deepEqual(
      String(allowed)
        .split(', ')
        .filter((method) => method !== 'HEAD'),
      named,
      path,
    );
  }
});

test('what the description names as states is what there is', () => {
  assert.deepEqual(openApi.components.schemas.StatusRow.properties.state.enum, torrentStates);
});
