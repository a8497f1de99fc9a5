/** Who may ask for what: strangers, other sites, wrong methods, wrong tokens. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Entrance, RequestFacts } from '../../../src/dashboard/guards.ts';
import { isLoopback, refusalOf } from '../../../src/dashboard/guards.ts';

const reading = { methods: ['GET', 'HEAD'], isPrivate: true };
const telling = { methods: ['POST'], isPrivate: true };
const open: Entrance = { kind: 'tcp', host: '127.0.0.1', token: undefined };
const locked: Entrance = { kind: 'tcp', host: 'seedbox.example', token: 'a-long-and-secret-token' };

function facts(overrides: Partial<RequestFacts> = {}): RequestFacts {
  return {
    method: 'GET',
    host: '127.0.0.1:8080',
    origin: undefined,
    fetchSite: undefined,
    authorization: undefined,
    contentType: undefined,
    ...overrides,
  };
}

describe('over TCP', () => {
  const hosts: readonly (readonly [
    host: string | undefined,
    entrance: Entrance,
    status: number | undefined,
  ])[] = [
    ['127.0.0.1:8080', open, undefined],
    ['localhost:8080', open, undefined],
    ['LOCALHOST', open, undefined],
    ['[::1]:8080', open, undefined],
    ['evil.example:8080', open, 421],
    ['localhost.evil.example', open, 421],
    ['127.0.0.1.evil.example', open, 421],
    ['evil@127.0.0.1', open, 421],
    ['', open, 421],
    [undefined, open, 421],
    ['seedbox.example:8080', open, 421],
  ];
  for (const [host, entrance, status] of hosts) {
    test(`the host ${String(host)} gets ${status ?? 'an answer'}`, () => {
      assert.equal(refusalOf(facts({ host }), entrance, reading)?.status, status);
    });
  }

  const sites: readonly (readonly [overrides: Partial<RequestFacts>, status: number | undefined])[] = [
    [{ origin: 'http://127.0.0.1:8080' }, undefined],
    [{ origin: 'https://127.0.0.1:8080' }, undefined],
    [{ origin: 'http://127.0.0.1:9090' }, 403],
    [{ origin: 'http://evil.example' }, 403],
    [{ origin: 'null' }, 403],
    [{ fetchSite: 'same-origin' }, undefined],
    [{ fetchSite: 'none' }, undefined],
    [{ fetchSite: 'same-site' }, 403],
    [{ fetchSite: 'cross-site' }, 403],
  ];
  for (const [overrides, status] of sites) {
    test(`a request with ${JSON.stringify(overrides)} gets ${status ?? 'an answer'}`, () => {
      assert.equal(refusalOf(facts(overrides), open, reading)?.status, status);
    });
  }

  test('under any name a token is asked for, and a page of another site is refused', () => {
    const status = (changes: Partial<RequestFacts>): number | undefined =>
      refusalOf(facts({ host: 'proxy.example', ...changes }), locked, reading)?.status;
    const authorization = 'Bearer a-long-and-secret-token';
    assert.equal(status({}), 401);
    assert.equal(status({ authorization }), undefined);
    assert.equal(status({ authorization, origin: 'https://proxy.example' }), undefined);
    assert.equal(status({ authorization, origin: 'https://evil.example' }), 403);
    assert.equal(status({ authorization, host: 'evil@proxy.example' }), 421);
  });

  test('a token is asked for where there is one, and of nobody who wants the page itself', () => {
    const asked = (authorization?: string): number | undefined =>
      refusalOf(facts({ host: 'seedbox.example', authorization }), locked, reading)?.status;
    assert.equal(asked(), 401);
    assert.equal(asked('Bearer wrong'), 401);
    assert.equal(asked('Basic a-long-and-secret-token'), 401);
    assert.equal(asked('Bearer a-long-and-secret-token '), 401);
    assert.equal(asked('Bearer a-long-and-secret-token'), undefined);
    assert.equal(asked('bearer a-long-and-secret-token'), undefined);
    assert.equal(
      refusalOf(facts({ host: 'seedbox.example' }), locked, { ...reading, isPrivate: false }),
      undefined,
    );
  });
});

describe('everywhere', () => {
  const entrances: readonly Entrance[] = [open, { kind: 'unix' }];
  for (const entrance of entrances) {
    test(`nothing is changed but by POST, and that as JSON (${entrance.kind})`, () => {
      const status = (method: string, contentType?: string): number | undefined =>
        refusalOf(facts({ method, contentType }), entrance, telling)?.status;
      for (const method of ['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'])
        assert.equal(status(method), 405);
      assert.equal(status('POST'), 415);
      assert.equal(status('POST', 'text/plain'), 415);
      assert.equal(status('POST', 'application/x-www-form-urlencoded'), 415);
      assert.equal(status('POST', 'application/json; charset=utf-8'), undefined);
      assert.equal(refusalOf(facts({ method: 'POST' }), entrance, reading)?.status, 405);
    });
  }

  test('whoever opens the socket is the user: neither host nor token is asked for', () => {
    assert.equal(
      refusalOf(facts({ host: 'anything', origin: 'null' }), { kind: 'unix' }, reading),
      undefined,
    );
  });

  test('loopback is what only this host reaches', () => {
    for (const host of ['localhost', '127.0.0.1', '127.9.8.7', '::1'])
      assert.equal(isLoopback(host), true, host);
    for (const host of ['0.0.0.0', '::', '10.0.0.1', '127.0.0.1.example', 'example']) {
      assert.equal(isLoopback(host), false, host);
    }
  });
});
