/** The seedbox's port over the simulated world: the managed directory, the local disk, and deletion by manifest. */

import type { ByteString } from '../../src/core/bytes.ts';
import { asByteString, joinPath, parentPath } from '../../src/core/bytes.ts';
import { Fault } from '../../src/core/fault.ts';
import type { Infohash, ManagedTorrent, MetainfoFile } from '../../src/core/metainfo.ts';
import type { PieceSet } from '../../src/core/pieces.ts';
import { hasPiece, piecesOf } from '../../src/core/pieces.ts';
import type { DiskView, LocalTorrent } from '../../src/core/snapshot.ts';
import type { Place, PunchOrder, RemovalOrder, RemovalReport, SeedboxPort } from '../../src/ports/seedbox.ts';
import type { Checks } from './checks.ts';
import { digestOfContent } from './content.ts';
import { contentOf, holdsPart } from './disk.ts';
import { sleepIn } from './sim-runtime.ts';
import type { World } from './world.ts';

const readBytesPerMs = 100_000;

export class SimSeedbox implements SeedboxPort {
  private readonly world: World;
  private readonly checks: Pick<Checks, 'deleting' | 'retiring' | 'punching'>;
  private readonly point: (label: string) => void;

  constructor(
    world: World,
    checks: Pick<Checks, 'deleting' | 'retiring' | 'punching'>,
    point: (label: string) => void,
  ) {
    this.world = world;
    this.checks = checks;
    this.point = point;
  }

  async scan(): ReturnType<SeedboxPort['scan']> {
    const rejected = [...this.world.managedFiles]
      .filter(([, infohash]) => infohash === undefined)
      .map(([path]) => ({ path, reason: 'It is no torrent.' }));
    return { managed: this.world.managed(), rejected };
  }

  async measure(_directory: ByteString, places: readonly Place[]): Promise<DiskView> {
    const { disk } = this.world;
    const torrents = new Map<Infohash, LocalTorrent>();
    for (const { managed, directory } of places) {
      const files = managed.metainfo.files.map((file) => {
        const there = disk.plain(joinPath(directory, file.path));
        return there && { sizeBytes: there.sizeBytes, allocatedBytes: there.allocatedBytes };
      });
      const allocatedBytes = files.reduce((sum, file) => sum + (file?.allocatedBytes ?? 0), 0);
      const isNothing = files.every((file) => file === undefined);
      torrents.set(managed.metainfo.infohash, { directory, files: isNothing ? [] : files, allocatedBytes });
    }
    const { totalBytes, blockBytes } = disk;
    return { freeBytes: disk.freeBytes(), totalBytes, blockBytes, torrents };
  }

  async verifyPieces(
    { managed, directory }: Place,
    known?: PieceSet,
  ): ReturnType<SeedboxPort['verifyPieces']> {
    const { disk, catalog } = this.world;
    const torrent = catalog.get(managed.metainfo.infohash);
    if (torrent === undefined) throw new Fault('gone', 'the .torrent file is gone');
    const there = torrent.files.map(({ file }) => {
      const found = disk.plain(joinPath(directory, file.path));
      return found?.sizeBytes === file.lengthBytes ? found : undefined;
    });
    const [path] = managed.torrentPaths;
    const isAnyHere = there.some((file) => file !== undefined && file.allocatedBytes > 0);
    if (isAnyHere && this.world.managedFiles.get(path) !== managed.metainfo.infohash)
      throw new Fault('gone', 'the .torrent file is gone');
    const found: number[] = [];
    torrent.pieceFiles.forEach((files, piece) => {
      const isKnown = known !== undefined && hasPiece(known, piece);
      const isThere = files.every((index) => {
        if (isKnown) return there[index] !== undefined;
        const layout = torrent.files[index];
        return layout !== undefined && holdsPart(there[index], layout, piece);
      });
      if (isThere) found.push(piece);
    });
    const inPlace = new Set([...there.keys()].filter((index) => there[index] !== undefined));
    return { pieces: piecesOf(managed.metainfo.pieceCount, found), inPlace };
  }

  async digest(
    { directory }: Place,
    files: readonly MetainfoFile[],
    onProgress: (doneBytes: number) => void,
    signal: AbortSignal,
  ): Promise<ReadonlyMap<number, string>> {
    const digests = new Map<number, string>();
    let doneBytes = 0;
    for (const file of files) {
      const waitMs = Math.floor(file.lengthBytes / readBytesPerMs);
      if (waitMs > 0) await sleepIn(this.world, waitMs, signal);
      if (signal.aborted) throw new Fault('limit', 'it was ended');
      const there = this.world.disk.plain(joinPath(directory, file.path));
      if (there === undefined) continue;
      digests.set(file.index, digestOfContent(contentOf(there)));
      doneBytes += there.sizeBytes;
      onProgress(doneBytes);
    }
    return digests;
  }

  async prepareStream({ managed, directory }: Place, { index }: MetainfoFile): Promise<void> {
    const { disk } = this.world;
    const torrent = this.world.catalog.get(managed.metainfo.infohash);
    if (torrent === undefined) throw new Fault('gone', 'the .torrent file is gone');
    const neighbours = new Set(torrent.pieceFiles.filter((files) => files.includes(index)).flat());
    for (const layout of [...neighbours].flatMap((one) => torrent.files[one] ?? [])) {
      const { file } = layout;
      const path = joinPath(directory, file.path);
      if (disk.resolve(path) !== path || disk.isBlocked(path)) {
        throw new Fault('refused', `${path} is no plain file here`, 'move it away');
      }
      if ((disk.plain(path)?.sizeBytes ?? 0) > file.lengthBytes) {
        throw new Fault('refused', `${path} is longer than it should be`, 'move it away');
      }
      disk.extend(path, layout);
      this.point(`seedbox.prepareStream has made ${path}`);
    }
  }

  async punch({ managed, directory, file, pieces, fresh }: PunchOrder): Promise<{ allocatedBytes: number }> {
    const { disk } = this.world;
    const path = joinPath(directory, file.path);
    if (disk.resolve(path) !== path) throw new Fault('refused', `a symlink leads to ${path}`, 'move it away');
    const there = disk.plain(path);
    if (there === undefined) throw new Fault('gone', `${path} is not here any more`);
    if (there.layout === undefined) throw new Fault('refused', `${path} is not what was prepared`);
    const { firstPiece, truth } = there.layout;
    for (let part = 0; part < truth.length; part += 1) {
      const piece = firstPiece + part;
      if (!hasPiece(pieces, piece) || fresh?.includes(piece) === false) continue;
      this.checks.punching(managed.metainfo, file, part, there);
      disk.punch(there, part);
      this.point(`seedbox.punch has freed piece ${piece} of ${path}`);
    }
    return { allocatedBytes: there.allocatedBytes };
  }

  async remove(order: RemovalOrder): Promise<RemovalReport> {
    const { disk } = this.world;
    const { directory, keep, managed } = order;
    const spared: { path: ByteString; reason: string }[] = [];
    let removedFiles = 0;
    let freedBytes = 0;
    for (const file of order.files) {
      const path = joinPath(directory, file.path);
      if (keep.has(path)) spared.push({ path, reason: 'another torrent has it' });
      else if (disk.links.has(path)) spared.push({ path, reason: 'it is no regular file' });
      else if (disk.resolve(path) !== path) spared.push({ path, reason: 'a symlink leads to it' });
      else if (disk.files.has(path)) {
        freedBytes += this.removeOne(path);
        removedFiles += 1;
        this.point('seedbox.remove has deleted a file');
      } else if (disk.directories.has(path)) {
        spared.push({ path, reason: 'it is no regular file' });
      }
    }
    const leftOver = managed.metainfo.isMultiFile ? this.removeEmptyDirectories(order) : [];
    return { removedFiles, freedBytes, leftOver, spared };
  }

  /** Those of the manifest, deepest first; answers with what lies in the others and is none of the torrent's. */
  private removeEmptyDirectories({ managed, directory }: RemovalOrder): readonly ByteString[] {
    const { disk } = this.world;
    const manifest = new Set(managed.metainfo.files.map((file) => joinPath(directory, file.path)));
    const own = new Set([directory]);
    for (const path of manifest) {
      for (let at = parentPath(path); at.length > directory.length; at = parentPath(at)) own.add(at);
    }
    const leftOver: ByteString[] = [];
    for (const path of [...own].sort((one, other) => other.length - one.length)) {
      if (disk.resolve(path) !== path) continue;
      leftOver.push(...disk.entriesOf(path).filter((one) => !manifest.has(one) && !own.has(one)));
      if (disk.removeDirectory(path)) this.point('seedbox.remove has removed a directory');
    }
    return leftOver;
  }

  /** Deletes one file; what the driver deletes is looked at first. */
  removeOne(path: ByteString): number {
    this.checks.deleting(path);
    this.world.note(`deleted ${path}`);
    return this.world.disk.remove(path)?.allocatedBytes ?? 0;
  }

  async retire({ metainfo, torrentPaths }: ManagedTorrent): Promise<void> {
    this.checks.retiring(metainfo.infohash);
    for (const path of torrentPaths) {
      // Another may have taken its place.
      if (this.world.managedFiles.get(path) !== metainfo.infohash) continue;
      this.world.managedFiles.delete(path);
      this.point('seedbox.retire has deleted a .torrent file');
    }
    this.world.retired.add(metainfo.infohash);
    this.world.note(`retired ${asByteString(metainfo.name)}`);
  }
}
