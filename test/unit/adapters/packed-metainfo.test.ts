/** Packed metainfos: whatever their paths have in common, they say what they said before. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { MetainfoPacker } from '../../../src/adapters/packed-metainfo.ts';
import { asByteString } from '../../../src/core/bytes.ts';
import type { Metainfo, MetainfoFile } from '../../../src/core/metainfo.ts';
import { makeMetainfo } from '../../support/world.ts';

/** Bytes of a path, few different ones: neighbours then have much in common, overlapping beginnings and ends among it. */
const path = fc
  .array(fc.constantFrom('a', 'a', 'b', '/', '\x01', '\x7f', '\xff'), { maxLength: 600 })
  .map((units) => asByteString(units.join('')));
const file = fc.record({
  path,
  lengthBytes: fc.oneof(
    fc.nat(),
    fc.maxSafeNat().map((most) => Math.floor(most / 1000)),
  ),
  isPadding: fc.boolean(),
});

function withFiles(some: readonly Omit<MetainfoFile, 'index' | 'offsetBytes'>[], name = 'one'): Metainfo {
  let offsetBytes = 0;
  const files = some.map((one, index) => {
    const whole = { ...one, index, offsetBytes };
    offsetBytes += one.lengthBytes;
    return whole;
  });
  return { ...makeMetainfo({ name }), files, totalBytes: offsetBytes };
}

/** As it is read by anybody: field by field, and as JSON. */
function expectSame(packed: Metainfo, metainfo: Metainfo): void {
  for (const key of Object.keys(metainfo) as (keyof Metainfo)[]) assert.deepEqual(packed[key], metainfo[key]);
  assert.deepEqual(JSON.parse(JSON.stringify(packed)), JSON.parse(JSON.stringify(metainfo)));
}

describe('a packed metainfo', () => {
  it('says what it said before', () => {
    fc.assert(
      fc.property(fc.array(file, { minLength: 1, maxLength: 12 }), (files) => {
        const metainfo = withFiles(files);
        expectSame(new MetainfoPacker().pack(metainfo), metainfo);
      }),
    );
  });

  it('says so after many others were asked, too', () => {
    const packer = new MetainfoPacker();
    const all = Array.from({ length: 200 }, (_, number) =>
      withFiles(
        [{ path: asByteString(`some/path ${number}`), lengthBytes: number + 1, isPadding: false }],
        `t${number}`,
      ),
    );
    const packed = all.map((one) => packer.pack(one));
    for (let round = 0; round < 2; round += 1) all.forEach((one, index) => expectSame(packed[index]!, one));
  });

  it('gives the same list while it is looked at', () => {
    const packed = new MetainfoPacker().pack(makeMetainfo({ name: 'one', files: [1, 2, 3] }));
    assert.equal(packed.files, packed.files);
  });

  it('shares its trackers with others that have the same', () => {
    const packer = new MetainfoPacker();
    const [one, other, third] = [['a.org', 'b.org'], ['a.org', 'b.org'], ['b.org']].map((trackers, index) =>
      packer.pack({ ...makeMetainfo({ name: `t${index}` }), trackers }),
    );
    assert.equal(one?.trackers, other?.trackers);
    assert.deepEqual(third?.trackers, ['b.org']);
  });
});
