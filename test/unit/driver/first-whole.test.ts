/** When the first torrent will be whole: by what each has got since a look that is not too close. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FirstWhole } from '../../../src/driver/first-whole.ts';
import type { TorrentSpec } from '../../support/world.ts';
import { makeMetainfo, makeWorld } from '../../support/world.ts';

function downloading(name: string, receivedBytes: number, sizeBytes = 1_000): TorrentSpec {
  return { metainfo: makeMetainfo({ name }), loaded: { receivedBytes, sizeBytes } };
}

/** After the last of these looks, each at so many milliseconds. */
function afterLooks(...looks: readonly (readonly [number, ...TorrentSpec[]])[]): number {
  const first = new FirstWhole();
  return looks.reduce((_, [takenAtMs, ...torrents]) => {
    return first.after({ ...makeWorld(torrents), takenAtMs: 1_000_000 + takenAtMs });
  }, 0);
}

describe('FirstWhole', () => {
  it('goes by the rate of each torrent, and tells the first', () => {
    const soon = downloading('soon', 900);
    assert.equal(afterLooks([0, downloading('late', 0)], [1_000, downloading('late', 100)]), 9_000);
    assert.equal(
      afterLooks(
        [0, downloading('late', 0), downloading('soon', 800)],
        [1_000, downloading('late', 100), soon],
      ),
      1_000,
    );
  });

  it('knows no end where nothing arrives, or rtorrent was not seen', () => {
    assert.equal(afterLooks([0, downloading('x', 999)], [1_000, downloading('x', 999)]), Infinity);
    const unseen = { ...makeWorld([]), rtorrent: { seen: false, reason: 'away' } as const };
    assert.equal(new FirstWhole().after(unseen), Infinity);
  });

  it('tells no rate by looks that are close together', () => {
    const looks = [
      [0, downloading('x', 0)],
      [1_000, downloading('x', 100)],
      [1_001, downloading('x', 120)],
    ] as const;
    assert.equal(Math.round(afterLooks(...looks)), 44);
    // But for those, by the one that is old enough.
    assert.equal(afterLooks(...looks, [1_500, downloading('x', 150)]), (850 * 500) / 50);
  });

  it('counts neither what is whole nor what is not managed', () => {
    const whole: TorrentSpec = {
      metainfo: makeMetainfo({ name: 'w' }),
      loaded: { isComplete: true, receivedBytes: 900, sizeBytes: 1_000 },
    };
    const strange = { ...downloading('s', 900), isManaged: false };
    assert.equal(afterLooks([0, downloading('s', 0)], [1_000, whole, strange]), Infinity);
  });

  it('takes one that is checked to need as long again as it has', () => {
    const checked: TorrentSpec = { metainfo: makeMetainfo({ name: 'c' }), loaded: { isHashing: true } };
    assert.equal(afterLooks([0, checked]), 0);
    assert.equal(afterLooks([0, checked], [300, checked]), 300);
  });
});
