/** The pace of loading: one a second, more as bytes arrive or many download, and never one before another's turn. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Action, Load } from '../../../src/core/action.ts';
import { LoadPace } from '../../../src/driver/load-pace.ts';
import type { TorrentSpec } from '../../support/world.ts';
import { downloads, makeManaged, makeMetainfo, makeWorld, mebibyte } from '../../support/world.ts';

function loadOf(name: string, bytes = mebibyte): Load {
  const managed = makeManaged(makeMetainfo({ name }));
  return { kind: 'load', managed, directory: downloads, reservedBytes: bytes };
}

const loads = ['a', 'b', 'c', 'd', 'e'].map((name) => loadOf(name));

/** Looks after so many seconds, and begins what is due. */
function begin(
  pace: LoadPace,
  second: number,
  torrents: readonly TorrentSpec[],
  actions: readonly Action[] = loads,
): string {
  pace.look({ ...makeWorld(torrents), takenAtMs: second * 1000 });
  const due = pace.due(actions);
  for (const action of due) if (action.kind === 'load') pace.begin(action);
  return due.map(({ managed }) => managed.metainfo.name).join('');
}

function downloading(name: string, receivedBytes: number): TorrentSpec {
  return { metainfo: makeMetainfo({ name }), loaded: { receivedBytes } };
}

describe('LoadPace', () => {
  it('begins one a second while nothing arrives', () => {
    const pace = new LoadPace();
    assert.equal(begin(pace, 10, []), 'a');
    assert.equal(begin(pace, 10.1, [downloading('a', 0)]), '');
    assert.equal(begin(pace, 10.9, [downloading('a', 0)]), '');
    assert.equal(begin(pace, 11, [downloading('a', 0)]), 'a');
  });

  it('begins twice as much as has arrived, of torrents known and new, and no more for it again', () => {
    const pace = new LoadPace();
    assert.equal(begin(pace, 10, []), 'a');
    assert.equal(begin(pace, 10.2, [downloading('x', mebibyte)]), 'ab');
    assert.equal(begin(pace, 10.4, [downloading('x', mebibyte)]), '');
    assert.equal(begin(pace, 10.6, [downloading('x', 1.5 * mebibyte)]), 'a');
  });

  it('takes no credit for what was here when it began, nor for what went', () => {
    const pace = new LoadPace();
    assert.equal(begin(pace, 10, [downloading('x', 9 * mebibyte)]), 'a');
    assert.equal(begin(pace, 10.2, [downloading('x', 9 * mebibyte)]), '');
    assert.equal(begin(pace, 10.4, []), '');
    assert.equal(begin(pace, 10.6, [downloading('x', 0)]), '');
  });

  it('begins more a second where many download already', () => {
    const pace = new LoadPace();
    const many = Array.from({ length: 24 }, (_, index) => downloading(`${index}`, 0));
    assert.equal(begin(pace, 10, many), 'abc');
    const whole = many.map((one) => ({ ...one, loaded: { ...one.loaded, isComplete: true } }));
    assert.equal(begin(pace, 11, whole), 'a');
  });

  it('lets none overtake another, and holds up nothing but loads', () => {
    const pace = new LoadPace();
    assert.equal(begin(pace, 10, []), 'a');
    const start: Action = {
      kind: 'start',
      managed: makeManaged(makeMetainfo({ name: 's' })),
      directory: downloads,
    };
    const actions = [loadOf('l', 3 * mebibyte), start, loadOf('m', mebibyte)];
    assert.equal(begin(pace, 10.2, [downloading('x', mebibyte)], actions), 's');
  });

  it('begins nothing for others’ torrents, and waits for no clock that was set back', () => {
    const pace = new LoadPace();
    assert.equal(begin(pace, 10, []), 'a');
    assert.equal(begin(pace, 10.2, [{ ...downloading('x', mebibyte), isManaged: false }]), '');
    assert.equal(begin(pace, 5, []), 'a');
  });

  it('neither forgets nor invents where rtorrent was not seen', () => {
    const pace = new LoadPace();
    assert.equal(begin(pace, 10, [downloading('x', mebibyte)]), 'a');
    const unseen = { seen: false, reason: 'it is away' } as const;
    pace.look({ ...makeWorld([]), rtorrent: unseen, takenAtMs: 10_100 });
    assert.equal(begin(pace, 10.2, [downloading('x', mebibyte)]), '');
  });
});
