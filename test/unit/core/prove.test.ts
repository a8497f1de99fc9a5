/** Proof: what makes a receipt, what does not, and when an old one still holds. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Verify } from '../../../src/core/policy.ts';
import type { Proof, ReceiptRecord, RemoteFile } from '../../../src/core/prove.ts';
import { deniedBy, notAFile, prove, recall, wholeReceipt } from '../../../src/core/prove.ts';
import { piecesOf } from '../../../src/core/pieces.ts';
import { remotePathOf } from '../../../src/core/place.ts';
import {
  digestOf,
  infohashOf,
  makeListing,
  makeMetainfo,
  makeReceipt,
  makeReceipts,
  nowMs,
} from '../../support/world.ts';

const album = makeMetainfo({ name: 'album', files: [100, 200, { lengthBytes: 24, isPadding: true }, 0] });
const file = album.files[1]!;
const remotePath = remotePathOf(album, file, new Map());

const digest = digestOf('its content');
const notReadHere = { kind: 'copy', localDigest: undefined } as const;

function proofOf(
  seen: RemoteFile | undefined,
  method: Verify,
  localDigest: string | undefined = digest,
): Proof {
  const listing = new Map(seen === undefined ? [] : [[remotePath, seen]]);
  const evidence = { kind: 'copy', localDigest } as const;
  return prove({ metainfo: album, file, remotePath, listing, evidence, method, nowMs });
}

describe('prove', () => {
  it('needs the file, its size, and its content as strictly as asked', () => {
    const outcomes = (seen: RemoteFile | undefined): readonly string[] =>
      (['checksum', 'size'] as const).map((method) => proofOf(seen, method).kind);
    assert.deepEqual(outcomes(undefined), ['missing', 'missing']);
    assert.deepEqual(outcomes({ sizeBytes: 199, digest }), ['wrong-size', 'wrong-size']);
    assert.deepEqual(outcomes({ sizeBytes: 0 }), ['wrong-size', 'wrong-size']);
    assert.deepEqual(outcomes({ sizeBytes: 200, digest: digestOf('other') }), ['different', 'different']);
    assert.deepEqual(outcomes({ sizeBytes: 200 }), ['unread', 'proved']);
    assert.deepEqual(outcomes({ sizeBytes: 200, digest }), ['proved', 'proved']);
  });

  it('takes nothing for read that was read on one side alone', () => {
    const question = { metainfo: album, file, remotePath, evidence: notReadHere, nowMs };
    const listing = new Map([[remotePath, { sizeBytes: 200, digest }]]);
    assert.equal(prove({ ...question, listing, method: 'checksum' }).kind, 'unread');
    const bySize = prove({ ...question, listing, method: 'size' });
    assert.ok(bySize.kind === 'proved');
    assert.equal(bySize.receipt.method, 'size');
    assert.equal(bySize.receipt.digest, undefined);
  });

  it('takes pieces for content where all of the file are verified and its digest was read since', () => {
    const small = makeMetainfo({ name: 'small', pieceLengthBytes: 16, files: [100, 200, 24] });
    const middle = small.files[1]!;
    const ask = (pieces: readonly number[], seen: RemoteFile, method: Verify): Proof => {
      const evidence = { kind: 'pieces', verified: piecesOf(small.pieceCount, pieces) } as const;
      const listing = new Map([[remotePath, seen]]);
      return prove({ metainfo: small, file: middle, remotePath, listing, evidence, method, nowMs });
    };
    const range = Array.from({ length: 13 }, (_, index) => index + 6);
    for (const method of ['checksum', 'size'] as const) {
      const proof = ask(range, { sizeBytes: 200, digest }, method);
      assert.ok(proof.kind === 'proved');
      assert.deepEqual([proof.receipt.method, proof.receipt.digest], ['checksum', digest]);
      for (const lacking of [6, 12, 18]) {
        const others = range.filter((piece) => piece !== lacking);
        assert.equal(ask(others, { sizeBytes: 200, digest }, method).kind, 'different');
      }
      assert.equal(ask(range, { sizeBytes: 200 }, method).kind, 'unread');
      assert.equal(ask(range, { sizeBytes: 199, digest }, method).kind, 'wrong-size');
    }
  });

  it('looks at the very path, not at one that ends like it', () => {
    const listing = makeListing({ 'file-1': 200, 'album/.file-1.XXXXXX': 200, 'other/file-1': 200 });
    const question = { metainfo: album, file, remotePath, evidence: notReadHere, nowMs };
    assert.equal(prove({ ...question, listing, method: 'size' }).kind, 'missing');
  });

  it('writes down what was proved, how and when', () => {
    const receipt = {
      infohash: album.infohash,
      fileIndex: 1,
      lengthBytes: 200,
      remotePath: 'album/file-1',
      method: 'checksum',
      digest,
      provedAtMs: nowMs,
    };
    assert.deepEqual(proofOf({ sizeBytes: 200, digest }, 'checksum'), { kind: 'proved', receipt });
    // More was done than was asked for: it counts as what was done.
    assert.deepEqual(proofOf({ sizeBytes: 200, digest }, 'size'), { kind: 'proved', receipt });
    const bySize = { ...receipt, method: 'size', digest: undefined };
    assert.deepEqual(proofOf({ sizeBytes: 200 }, 'size'), { kind: 'proved', receipt: bySize });
  });
});

describe('recall', () => {
  const record: ReceiptRecord = { ...makeReceipt(album, 1) };

  it('takes a record about this very file', () => {
    assert.deepEqual(recall(record, album, 'checksum'), record);
    assert.deepEqual(recall(record, album, 'size'), record);
  });

  it('does not let sizes count where checksums are asked for', () => {
    const bySize: ReceiptRecord = { ...record, method: 'size' };
    assert.equal(recall(bySize, album, 'checksum'), undefined);
    assert.deepEqual(recall(bySize, album, 'size'), bySize);
  });

  it('refuses a record about another torrent, another file or another length', () => {
    assert.equal(recall({ ...record, infohash: infohashOf('other') }, album, 'size'), undefined);
    assert.equal(recall({ ...record, fileIndex: 0 }, album, 'size'), undefined);
    assert.equal(recall({ ...record, fileIndex: 9 }, album, 'size'), undefined);
    assert.equal(recall({ ...record, fileIndex: -1 }, album, 'size'), undefined);
    assert.equal(recall({ ...record, lengthBytes: 199 }, album, 'size'), undefined);
  });
});

describe('wholeReceipt', () => {
  it('needs every file but padding, empty ones too', () => {
    assert.equal(wholeReceipt(album, makeReceipts(album, [])), undefined);
    assert.equal(wholeReceipt(album, makeReceipts(album, [0, 1])), undefined);
    assert.equal(wholeReceipt(album, makeReceipts(album, [0, 2, 3])), undefined);
    const whole = wholeReceipt(album, makeReceipts(album, [3, 0, 1]));
    assert.deepEqual(
      whole?.map((receipt) => receipt.fileIndex),
      [0, 1, 3],
    );
  });
});

describe('deniedBy', () => {
  const receipts = [makeReceipt(album, 0), makeReceipt(album, 1)];
  const denied = (sizes: Record<string, number>): readonly number[] =>
    deniedBy(makeListing(sizes), receipts).map(({ fileIndex }) => fileIndex);

  it('is none while every file is listed with its size', () => {
    assert.deepEqual(denied({ 'album/file-0': 100, 'album/file-1': 200, other: 1 }), []);
  });

  it('is what is gone, has another size, or is no file any more, and nothing else', () => {
    assert.deepEqual(denied({ 'album/file-0': 100 }), [1]);
    assert.deepEqual(denied({ 'album/file-0': 10, 'album/file-1': 200 }), [0]);
    assert.deepEqual(denied({ 'album/file-0': notAFile, 'album/file-1': 200 }), [0]);
    assert.deepEqual(denied({}), [0, 1]);
  });

  it('is what has other content, where that was read again', () => {
    const listing = new Map(
      receipts.map(({ remotePath, lengthBytes, digest }, index) => [
        remotePath,
        { sizeBytes: lengthBytes, digest: index === 0 ? (digest ?? '') : 'another' },
      ]),
    );
    assert.deepEqual(deniedBy(listing, receipts), [receipts[1]]);
    const bySize = receipts.map((receipt) => ({ ...receipt, digest: undefined }));
    assert.deepEqual(deniedBy(listing, bySize), []);
  });
});
