/** Torrents for contract tests, made of contents that the test gives: metainfo bytes, and nothing on any disk. */

import { createHash } from 'node:crypto';
import { parseMetainfo } from '../../../src/codec/metainfo.ts';
import type { ByteString } from '../../../src/core/bytes.ts';
import { asByteString } from '../../../src/core/bytes.ts';
import type { ManagedTorrent } from '../../../src/core/metainfo.ts';
import type { BencodeInput } from '../../support/bencode.ts';
import { bencode } from '../../support/bencode.ts';

export interface SmallTorrent {
  readonly bytes: Buffer;
  /** By path inside the torrent's own directory; a single file by its name. */
  readonly contents: ReadonlyMap<ByteString, Buffer>;
}

/** A torrent with a directory of its own. Names and contents are bytes, one character each. */
export function smallTorrent(
  name: string,
  contents: Readonly<Record<string, string>>,
  pieceLengthBytes = 16_384,
): SmallTorrent {
  const files = Object.entries(contents);
  return make(name, files, pieceLengthBytes, {
    files: files.map(([path, content]) => ({
      length: content.length,
      path: path.split('/').map((part) => Buffer.from(part, 'latin1')),
    })),
  });
}

export function singleFileTorrent(name: string, content: string, pieceLengthBytes = 16_384): SmallTorrent {
  return make(name, [[name, content]], pieceLengthBytes, { length: content.length });
}

/** As a scan finds it, where its .torrent has been written to these paths. */
export function managedAt(
  torrent: SmallTorrent,
  path: ByteString,
  ...others: readonly ByteString[]
): ManagedTorrent {
  const { metainfo } = parseMetainfo(torrent.bytes, (info) => createHash('sha1').update(info).digest('hex'));
  return { metainfo, torrentPaths: [path, ...others], priority: 'normal', addedAtMs: 0 };
}

function make(
  name: string,
  files: readonly (readonly [string, string])[],
  pieceLengthBytes: number,
  shape: Readonly<Record<string, BencodeInput>>,
): SmallTorrent {
  const stream = Buffer.from(files.map(([, content]) => content).join(''), 'latin1');
  const pieces: Buffer[] = [];
  for (let at = 0; at < stream.length; at += pieceLengthBytes) {
    pieces.push(
      createHash('sha1')
        .update(stream.subarray(at, at + pieceLengthBytes))
        .digest(),
    );
  }
  const info = {
    ...shape,
    name: Buffer.from(name, 'latin1'),
    'piece length': pieceLengthBytes,
    pieces: Buffer.concat(pieces),
  };
  return {
    bytes: bencode({ announce: 'http://127.0.0.1/announce', info }),
    contents: new Map(
      files.map(([path, content]) => [asByteString(path), Buffer.from(content, 'latin1')] as const),
    ),
  };
}
