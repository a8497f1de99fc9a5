/** Torrents in pieces in a simulated world, in the hands of the contract's suites. */

import type { ByteString } from '../../../src/core/bytes.ts';
import { asByteString, joinPath } from '../../../src/core/bytes.ts';
import type { ManagedTorrent, MetainfoFile } from '../../../src/core/metainfo.ts';
import { infohashOf } from '../../support/world.ts';
import type { PiecesHere, PieceWorld } from '../../contract/suites/piece-orders.ts';
import { managedAt } from '../../contract/suites/small-torrent.ts';
import type { Content, FileLayout } from '../../sim/content.ts';
import { identityOf, makeSimTorrent, rawContent } from '../../sim/content.ts';
import { cellsOf } from '../../sim/sim-remote-pieces.ts';
import { SimRemote } from '../../sim/sim-remote.ts';
import { torrentPathOf } from '../../sim/world-spec.ts';
import type { World } from '../../sim/world.ts';

const nothing = (): void => undefined;
/** What no torrent holds. */
const spoiled = -1;

export function piecesHereIn({ disk, catalog, managedFiles }: World): PiecesHere {
  return {
    here: asByteString('/here'),
    add: (torrent) => {
      const path = torrentPathOf(infohashOf(`${catalog.size}`));
      const managed = managedAt(torrent, path);
      managedFiles.set(path, managed.metainfo.infohash);
      catalog.set(managed.metainfo.infohash, makeSimTorrent(managed.metainfo, catalog.size + 1));
      return managed;
    },
    putHere: (_, { metainfo }, directory, pieces) => {
      const wanted = [...pieces];
      for (const layout of catalog.get(metainfo.infohash)!.files) {
        const path = joinPath(directory, layout.file.path);
        disk.remove(path);
        disk.extend(path, layout);
        for (const piece of wanted) {
          const part = piece - layout.firstPiece;
          if (layout.truth[part] !== undefined) disk.write(path, layout, part);
        }
      }
    },
    spoilHere: (path, { metainfo }, { index }, piece) => {
      const { firstPiece } = catalog.get(metainfo.infohash)!.files[index]!;
      disk.files.get(path)!.cells[piece - firstPiece] = spoiled;
    },
  };
}

export function pieceWorldIn(world: World, bytesOf: (content: Content) => Uint8Array): PieceWorld {
  const { remote, catalog } = world;
  const unwatched = { sending: nothing, ownerOf: () => infohashOf('ours') };
  const layoutOf = ({ metainfo }: ManagedTorrent, { index }: MetainfoFile): FileLayout =>
    catalog.get(metainfo.infohash)!.files[index]!;
  const isWhole = ({ identity }: Content): boolean =>
    [...catalog.values()].some(({ files }) => files.some(({ whole }) => whole.identity === identity));
  const spoilFinal = (path: ByteString, layout: FileLayout, part: number): void => {
    const cells = cellsOf(remote.files.get(path)!.content.identity, layout).with(part, spoiled);
    const content = { ...layout.whole, identity: identityOf(layout.key, cells) };
    remote.files.set(path, { content, owner: undefined });
  };
  return {
    ...piecesHereIn(world),
    remote: new SimRemote(world, unwatched, nothing),
    spoilThere: ({ managed, file, destination }, piece) => {
      const layout = layoutOf(managed, file);
      const path = joinPath(destination, file.path);
      const part = piece - layout.firstPiece;
      const partial = remote.streamed.get(path);
      if (partial === undefined) spoilFinal(path, layout, part);
      else partial.cells[part] = spoiled;
    },
    writeThere: (path, bytes) => {
      const content = rawContent(Buffer.from(bytes).toString('latin1'));
      remote.files.set(path, { content, owner: undefined });
    },
    finalThere: () =>
      new Map(
        [...remote.files].map(([path, { content }]) => [path, isWhole(content) ? 'right' : bytesOf(content)]),
      ),
    partialThere: () => remote.streamed.size,
    close: () => Promise.resolve(),
  };
}
