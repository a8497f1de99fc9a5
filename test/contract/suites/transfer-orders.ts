/** Orders to ship, with the files that they are about: for every test of a remote. */

import type { ByteString } from '../../../src/core/bytes.ts';
import { asByteString, baseName, joinPath, bytesOfText } from '../../../src/core/bytes.ts';
import type { TransferOrder } from '../../../src/ports/remote.ts';

/** The place that files are shipped from. */
export interface Sources {
  /** Absolute; what a test ships lies below it. */
  readonly here: ByteString;
  /** Writes a file and its directories; the path is absolute. */
  writeHere(path: ByteString, content: Uint8Array): void;
}

/** A torrent's directory here with these files, and the order to ship all of it. Names and contents are bytes. */
export function orderOf(
  world: Sources,
  torrentName: string,
  contents: Readonly<Record<string, string>>,
): TransferOrder {
  const directory = joinPath(world.here, asByteString(torrentName));
  return {
    ...emptyOrder,
    directory,
    destination: baseName(directory),
    files: write(world, directory, contents),
  };
}

/** Files that go into the remote's root; names that are too long for a disk are left out. */
export function asSingleFiles(
  world: Sources,
  contents: readonly (readonly [string, string])[],
): TransferOrder {
  const directory = joinPath(world.here, bytesOfText('singles'));
  const short = contents.filter(([path]) => path.length <= 255);
  return { ...emptyOrder, directory, files: write(world, directory, Object.fromEntries(short)) };
}

const emptyOrder = {
  destination: asByteString(''),
  isRepair: false,
  bandwidthBytesPerSecond: 0,
  onProgress: () => undefined,
  signal: new AbortController().signal,
};

function write(
  world: Pick<Sources, 'writeHere'>,
  directory: ByteString,
  contents: Readonly<Record<string, string>>,
): TransferOrder['files'] {
  return Object.entries(contents).map(([path, content]) => {
    const bytes = Buffer.from(content, 'latin1');
    world.writeHere(joinPath(directory, asByteString(path)), bytes);
    return { path: asByteString(path), lengthBytes: bytes.length };
  });
}

export function remotePathsOf(order: TransferOrder): readonly ByteString[] {
  return order.files.map(({ path }) => joinPath(order.destination, path));
}
