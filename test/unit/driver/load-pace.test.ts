/** The pace of loading: the next one when the others will soon be whole, and never one before another's turn. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Action, Load } from '../../../src/core/action.ts';
import { asByteString } from '../../../src/core/bytes.ts';
import { LoadPace } from '../../../src/driver/load-pace.ts';
import type { TorrentSpec } from '../../support/world.ts';
import { downloads, makeManaged, makeMetainfo, makeWorld, mebibyte } from '../../support/world.ts';

function loadOf(name: string, bytes = mebibyte): Load {
  const managed = makeManaged(makeMetainfo({ name }));
  return { kind: 'load', managed, directory: downloads, reservedBytes: bytes, uploadedBytes: 0 };
}

const loads = ['a', 'b', 'c', 'd', 'e'].map((name) => loadOf(name));
const wide = { limitBytes: 1024 * mebibyte };

function look(pace: LoadPace, second: number, torrents: readonly TorrentSpec[]): void {
  pace.look({ ...makeWorld(torrents), takenAtMs: second * 1000 });
}

/** Looks after so many seconds, and begins what is due. */
function begin(
  pace: LoadPace,
  second: number,
  torrents: readonly TorrentSpec[],
  actions: readonly Action[] = loads,
  space = wide,
): string {
  look(pace, second, torrents);
  const due = pace.due(actions, space);
  if (due.some(({ kind }) => kind === 'load')) pace.begin();
  return due.map(({ managed }) => managed.metainfo.name).join('');
}

/** Of 100 MiB, by default. */
function downloading(name: string, receivedBytes: number, totalBytes = 100 * mebibyte): TorrentSpec {
  const loaded = { receivedBytes, completedBytes: receivedBytes, sizeBytes: totalBytes };
  return { metainfo: makeMetainfo({ name }), loaded };
}

/** A pace that has seen 1 MiB a second arrive, up to 90 MiB of 100 MiB, and then begun one more. */
function atOneMebibyte(): LoadPace {
  const pace = new LoadPace();
  for (let second = 0; second < 90; second += 1) look(pace, second, [downloading('x', second * mebibyte)]);
  assert.equal(begin(pace, 90, [downloading('x', 90 * mebibyte)]), 'a');
  return pace;
}

describe('LoadPace', () => {
  it('begins one a second while nothing arrives', () => {
    const pace = new LoadPace();
    assert.equal(begin(pace, 10, []), 'a');
    assert.equal(begin(pace, 10.1, [downloading('a', 0)]), '');
    assert.equal(begin(pace, 10.9, [downloading('a', 0)]), '');
    assert.equal(begin(pace, 11, [downloading('a', 0)]), 'a');
  });

  it('begins as many as it takes for ten seconds to be in hand', () => {
    const pace = atOneMebibyte();
    const beside = downloading('y', 0, 8 * mebibyte);
    assert.equal(begin(pace, 91, [downloading('x', 91 * mebibyte), beside]), '');
    assert.equal(begin(pace, 92, [downloading('x', 92 * mebibyte)]), 'ab');
  });

  it('has no more in hand than an eighth of the limit', () => {
    const few = { limitBytes: 32 * mebibyte };
    const pace = atOneMebibyte();
    assert.equal(begin(pace, 91, [downloading('x', 96 * mebibyte)], loads, few), '');
    assert.equal(begin(pace, 91.1, [downloading('x', 96.5 * mebibyte)], loads, few), 'a');
  });

  it('begins another every five seconds, whatever is in hand: what is slow may be a swarm', () => {
    const pace = atOneMebibyte();
    const slow = downloading('y', 0);
    assert.equal(begin(pace, 94.9, [downloading('x', 90.1 * mebibyte), slow]), '');
    assert.equal(begin(pace, 95, [downloading('x', 90.1 * mebibyte), slow]), 'a');
  });

  for (const mode of ['file', 'stream']) {
    it(`does not wait for what is oversize to be whole: ${mode}`, () => {
      const pace = atOneMebibyte();
      const large = downloading('y', 0, 8_000 * mebibyte);
      const oversize = { ...large, loaded: { ...large.loaded, mode: asByteString(mode) } };
      assert.equal(begin(pace, 92, [downloading('x', 92 * mebibyte), oversize]), 'ab');
    });
  }

  it('begins at once where nothing downloads, and learns nothing of the link meanwhile', () => {
    const pace = atOneMebibyte();
    const whole = {
      metainfo: makeMetainfo({ name: 'x' }),
      loaded: { isComplete: true, receivedBytes: 91 * mebibyte },
    };
    for (let second = 91; second < 150; second += 1) look(pace, second, [whole]);
    assert.equal(begin(pace, 150, [whole], loads.slice(0, 1)), 'a');
    assert.equal(begin(pace, 150.1, [whole, downloading('a', 0, 9 * mebibyte)]), 'a');
  });

  it('takes what was here when it began for no arrival', () => {
    const pace = new LoadPace();
    assert.equal(begin(pace, 10, [downloading('x', 90 * mebibyte)]), 'a');
    assert.equal(begin(pace, 10.2, [downloading('x', 90 * mebibyte)]), '');
    assert.equal(begin(pace, 11, [downloading('x', 90 * mebibyte)]), 'a');
  });

  it('begins more at a time where many download already', () => {
    const many = Array.from({ length: 24 }, (_, index) => downloading(`${index}`, 0));
    assert.equal(begin(new LoadPace(), 10, many), 'abc');
  });

  it('lets none overtake another, and holds up nothing but loads', () => {
    const pace = atOneMebibyte();
    const start: Action = {
      kind: 'start',
      managed: makeManaged(makeMetainfo({ name: 's' })),
      directory: downloads,
    };
    const beside = downloading('y', 0, mebibyte / 2);
    const actions = [loadOf('l', 9 * mebibyte), start, loadOf('m', 1)];
    assert.equal(begin(pace, 91, [downloading('x', 91 * mebibyte), beside], actions), 'ls');
    const longer = downloading('y', 0, 5 * mebibyte);
    assert.equal(begin(pace, 92, [downloading('x', 91 * mebibyte), longer], actions), 's');
  });

  it('counts no others’ torrents, and waits for no clock that was set back', () => {
    const pace = atOneMebibyte();
    const others = { ...downloading('y', 0), isManaged: false };
    assert.equal(begin(pace, 91, [downloading('x', 99 * mebibyte), others]), 'abcde');
    assert.equal(begin(pace, 91.1, [downloading('y', 0)]), '');
    assert.equal(begin(pace, 5, [downloading('y', 0)]), 'a');
  });

  it('neither forgets nor invents where rtorrent was not seen', () => {
    const pace = atOneMebibyte();
    const unseen = { seen: false, reason: 'it is away' } as const;
    pace.look({ ...makeWorld([]), rtorrent: unseen, takenAtMs: 90_500 });
    assert.equal(begin(pace, 91, [downloading('x', 89 * mebibyte)]), '');
  });
});
