/** The hooks over real processes and servers: what they get, and how they may fail. */

import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { IncomingHttpHeaders } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { describe, test } from 'node:test';
import { commandHook } from '../../src/adapters/hook-command.ts';
import { guessFormat, postHook } from '../../src/adapters/hook-post.ts';
import type { News } from '../../src/core/news.ts';
import { infohashOf } from '../support/world.ts';

const news: News = {
  kind: 'retired',
  atMs: Date.UTC(2027, 0, 15, 8),
  infohash: infohashOf('a'),
  name: `ü 🎈 "quotes" $(date) \\n`,
  sentence: 'all of it is on the remote',
};
const problem: News = {
  kind: 'problem',
  atMs: 0,
  sentence: 'it is full',
  severity: 'error',
  remedy: 'make room',
};

/** Nobody ends what is being told. */
const never = new AbortController().signal;

describe('a command', () => {
  test('gets one line of JSON on its standard input, and is run by the shell', async (t) => {
    const directory = mkdtempSync(join(tmpdir(), 'hook-'));
    t.after(() => rmSync(directory, { recursive: true }));
    const file = join(directory, 'got');
    await commandHook(`cat | tee '${file}' >/dev/null`).send(news, never);
    const got = readFileSync(file, 'utf8');
    assert.equal(got.split('\n').length, 2);
    const { kind, ...rest } = news;
    assert.deepEqual(JSON.parse(got), { event: kind, at: '2027-01-15T08:00:00.000Z', ...rest });
  });

  test('that reads nothing is fine', async () => {
    await commandHook('true').send(news, never);
  });

  test('ends as soon as it is told to', async () => {
    const ending = new AbortController();
    const sent = commandHook('sleep 600').send(news, ending.signal);
    ending.abort();
    await assert.rejects(sent, { name: 'Fault', message: /on_event/ });
  });

  const failing: readonly (readonly [command: string, message: RegExp])[] = [
    ['exit 3', /exit code 3/],
    ['echo broken >&2; exit 1', /broken/],
    ['no-such-program-here', /exit code 127/],
    ['sleep 600', /ended after/],
    ['yes', /ended/],
  ];
  for (const [command, message] of failing) {
    test(`that fails is a fault: ${command}`, async () => {
      await assert.rejects(commandHook(command, 1500).send(news, never), { name: 'Fault', message });
    });
  }
});

interface Got {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: unknown;
}

/** A server that keeps what it gets and answers with the status; 0 for never. */
async function listen(
  t: TestContext,
  status: number,
): Promise<{ readonly address: string; readonly got: Got[] }> {
  const got: Got[] = [];
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      got.push({
        method: request.method,
        url: request.url,
        headers: request.headers,
        body: JSON.parse(text),
      });
      if (status === 302) response.setHeader('location', '/elsewhere');
      if (status !== 0) response.writeHead(status).end('thanks');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { address: `127.0.0.1:${(server.address() as AddressInfo).port}`, got };
}

describe('a server', () => {
  test('gets plain JSON, and the login of the address as a header', async (t) => {
    const { address, got } = await listen(t, 200);
    await postHook(`http://me:se%3Acret@${address}/hook?to=me`, 'json').send(problem, never);
    const [{ method, url, headers, body }] = got as [Got];
    assert.deepEqual([method, url, headers['content-type']], ['POST', '/hook?to=me', 'application/json']);
    assert.equal(headers.authorization, `Basic ${Buffer.from('me:se:cret').toString('base64')}`);
    const { kind, ...rest } = problem;
    assert.deepEqual(body, { event: kind, at: '1970-01-01T00:00:00.000Z', ...rest });
  });

  test("gets ntfy's form: the topic of the address, title, message, urgency", async (t) => {
    const { address, got } = await listen(t, 200);
    await postHook(`http://${address}/below/my-topic`, 'ntfy').send(problem, never);
    await postHook(`http://${address}/my-topic`, 'ntfy').send(news, never);
    assert.deepEqual(
      got.map(({ url, body }) => ({ url, body })),
      [
        {
          url: '/below',
          body: {
            topic: 'my-topic',
            title: 'rtorrent-low-space-driver needs you',
            message: 'it is full\n→ make room',
            priority: 4,
            tags: ['rotating_light'],
          },
        },
        {
          url: '/',
          body: {
            topic: 'my-topic',
            title: `${news.name ?? ''}: retired`,
            message: news.sentence,
            priority: 2,
            tags: ['tada'],
          },
        },
      ],
    );
  });

  const refusing: readonly (readonly [status: number, message: RegExp])[] = [
    [404, /answers with 404/],
    [500, /answers with 500/],
    [302, /does not take/],
    [0, /does not take the news: no answer within 1\.5 s/],
  ];
  for (const [status, message] of refusing) {
    test(`that ${status === 0 ? 'never answers' : `answers with ${status}`} is a fault`, async (t) => {
      const { address } = await listen(t, status);
      await assert.rejects(postHook(`http://${address}/`, 'json', 1500).send(news, never), {
        name: 'Fault',
        message,
      });
    });
  }

  test('that never answers is let go as soon as that is told', async (t) => {
    const { address } = await listen(t, 0);
    const ending = new AbortController();
    const sent = postHook(`http://${address}/`, 'json').send(news, ending.signal);
    ending.abort();
    await assert.rejects(sent, { name: 'Fault', kind: 'unreachable' });
  });

  test('that is not there is a fault', async () => {
    await assert.rejects(postHook('http://127.0.0.1:1/', 'json').send(news, never), {
      name: 'Fault',
      kind: 'unreachable',
    });
  });

  test('is taken for ntfy where it is called so, and for one of plain JSON else', () => {
    assert.equal(guessFormat('https://ntfy.sh/topic'), 'ntfy');
    assert.equal(guessFormat('https://NTFY.example.org/topic'), 'ntfy');
    assert.equal(guessFormat('https://example.org/ntfy.sh'), 'json');
  });
});
