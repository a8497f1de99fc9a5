/** The local disk: files with holes, in blocks; symlinks; space that others take; and what is deleted while it is open. */

import type { ByteString } from '../../src/core/bytes.ts';
import { joinPath, parentPath } from '../../src/core/bytes.ts';
import type { Content, FileLayout } from './content.ts';
import { emptyContent, hole, identityOf } from './content.ts';

export interface DiskFile {
  sizeBytes: number;
  allocatedBytes: number;
  /** Undefined for a file that no torrent wrote. */
  layout: FileLayout | undefined;
  /** What each part holds; as long as the layout's truth. */
  cells: number[];
  raw: Content | undefined;
}

/** ext4 keeps four extents in the inode; more take a block of their own (up to 170 each, half full after splits). */
const extentsInInode = 4;
const extentsPerBlock = 170;

export class SimDisk {
  readonly totalBytes: number;
  readonly blockBytes: number;
  readonly files = new Map<ByteString, DiskFile>();
  readonly links = new Map<ByteString, ByteString>();
  /** Made with what is put into them; they stay when that goes. */
  readonly directories = new Set<ByteString>();
  /** What others than torrents take. */
  ballastBytes = 0;
  /** Grows with every change of what is allocated. */
  version = 0;
  /** Grows when bytes that were there may be there no more. */
  harm = 0;
  private usedBytes = 0;
  private junk = 0;

  constructor(totalBytes: number, blockBytes: number) {
    this.totalBytes = totalBytes;
    this.blockBytes = blockBytes;
  }

  freeBytes(): number {
    return Math.max(0, this.totalBytes - this.usedBytes - this.ballastBytes);
  }

  /** Where the path leads, symlinks followed. */
  resolve(path: ByteString): ByteString {
    if (this.links.size === 0) return path;
    for (let at = path; at !== ''; at = parentPath(at)) {
      const target = this.links.get(at);
      if (target !== undefined) {
        return this.resolve(joinPath(target, path.slice(at.length + 1) as ByteString));
      }
    }
    return path;
  }

  /** Whether the path is a directory here, or a part of it a file. */
  isBlocked(path: ByteString): boolean {
    if (this.directories.has(path)) return true;
    for (let at = parentPath(path); at !== ''; at = parentPath(at)) if (this.files.has(at)) return true;
    return false;
  }

  makeDirectory(path: ByteString): void {
    for (let at = path; at !== '' && !this.directories.has(at); at = parentPath(at)) this.directories.add(at);
  }

  /** What lies in that very directory. */
  entriesOf(directory: ByteString): readonly ByteString[] {
    const all = [...this.files.keys(), ...this.links.keys(), ...this.directories];
    return all.filter((path) => parentPath(path) === directory);
  }

  /** False where anything is in it. */
  removeDirectory(directory: ByteString): boolean {
    if (this.entriesOf(directory).length > 0) return false;
    return this.directories.delete(directory);
  }

  /** A regular file under that very path, no symlink followed. */
  plain(path: ByteString): DiskFile | undefined {
    return this.resolve(path) === path ? this.files.get(path) : undefined;
  }

  /** The file that a program opens under the path. */
  at(path: ByteString): DiskFile | undefined {
    return this.files.get(this.resolve(path));
  }

  /** Opens the file of a torrent: made where it is missing, its content kept where it is cut alike. */
  open(path: ByteString, layout: FileLayout): DiskFile {
    const place = this.resolve(path);
    const known = this.files.get(place);
    if (known === undefined) {
      const cells = layout.truth.map(() => hole);
      const made = { sizeBytes: 0, allocatedBytes: 0, layout, cells, raw: undefined };
      this.makeDirectory(parentPath(place));
      this.files.set(place, made);
      return made;
    }
    if (known.layout?.key !== layout.key) {
      this.junk += 1;
      const cells = layout.truth.map((_, part) =>
        isAnyIn(known, layout.bounds[part] ?? 0, layout.bounds[part + 1] ?? 0) ? -this.junk : hole,
      );
      known.cells = cells;
      known.raw = undefined;
      this.harm += 1;
    }
    known.layout = layout;
    return known;
  }

  /** Writes one part; false where the disk is full. */
  write(path: ByteString, layout: FileLayout, part: number): boolean {
    const file = this.open(path, layout);
    const truth = layout.truth[part] ?? hole;
    const before = file.cells[part] ?? hole;
    if (before === truth) return true;
    file.cells[part] = truth;
    const allocatedBytes = this.allocationOf(file);
    const growth = allocatedBytes - file.allocatedBytes;
    if (growth > this.freeBytes()) {
      file.cells[part] = before;
      return false;
    }
    if (before !== hole) this.harm += 1;
    file.sizeBytes = layout.file.lengthBytes;
    this.account(file, allocatedBytes);
    return true;
  }

  /** Makes the file of a torrent sparse, with its full size; what it holds stays. */
  extend(path: ByteString, layout: FileLayout): void {
    this.open(path, layout).sizeBytes = layout.file.lengthBytes;
  }

  /** Frees one part; blocks that it shares with others go with the last of them. */
  punch(file: DiskFile, part: number): void {
    if ((file.cells[part] ?? hole) === hole) return;
    file.cells[part] = hole;
    this.harm += 1;
    this.account(file, this.allocationOf(file));
  }

  /** A file that no torrent wrote. */
  put(path: ByteString, content: Content): void {
    this.remove(path);
    const allocatedBytes = Math.ceil(content.sizeBytes / this.blockBytes) * this.blockBytes;
    const file = {
      sizeBytes: content.sizeBytes,
      allocatedBytes: 0,
      layout: undefined,
      cells: [],
      raw: content,
    };
    this.makeDirectory(parentPath(path));
    this.files.set(path, file);
    this.account(file, allocatedBytes);
  }

  /** Deletes the name; what was under it. */
  remove(path: ByteString): DiskFile | undefined {
    const file = this.files.get(path);
    if (file === undefined) return undefined;
    this.files.delete(path);
    this.usedBytes -= file.allocatedBytes;
    this.version += 1;
    this.harm += 1;
    return file;
  }

  /** Moves a file and leaves a symlink in its place. */
  moveAndLink(path: ByteString, target: ByteString): void {
    const file = this.files.get(path);
    if (file === undefined) return;
    this.files.delete(path);
    this.makeDirectory(parentPath(target));
    this.files.set(target, file);
    this.links.set(path, target);
    this.version += 1;
  }

  private account(file: DiskFile, allocatedBytes: number): void {
    this.usedBytes += allocatedBytes - file.allocatedBytes;
    file.allocatedBytes = allocatedBytes;
    this.version += 1;
  }

  /** The blocks of all parts that are no holes; as if each part became an extent, which is the worst that happens. */
  private allocationOf({ layout, cells }: DiskFile): number {
    if (layout === undefined) return 0;
    let bytes = 0;
    let extents = 0;
    let coveredTo = 0;
    cells.forEach((cell, part) => {
      if (cell === hole) return;
      extents += 1;
      const from = Math.max(coveredTo, Math.floor((layout.bounds[part] ?? 0) / this.blockBytes));
      const to = Math.ceil((layout.bounds[part + 1] ?? 0) / this.blockBytes);
      if (to > from) bytes += (to - from) * this.blockBytes;
      coveredTo = Math.max(coveredTo, to);
    });
    if (extents <= extentsInInode) return bytes;
    return bytes + Math.ceil(extents / extentsPerBlock) * this.blockBytes;
  }
}

/** Whether anything but a hole is in those bytes. */
function isAnyIn({ raw, layout, cells, sizeBytes }: DiskFile, fromBytes: number, toBytes: number): boolean {
  if (fromBytes >= sizeBytes) return false;
  if (raw !== undefined) return true;
  const { bounds = [] } = layout ?? {};
  return cells.some(
    (cell, part) =>
      cell !== hole && (bounds[part] ?? 0) < toBytes && (bounds[part + 1] ?? Infinity) > fromBytes,
  );
}

/** What a program reads that reads the file whole. */
export function contentOf(file: DiskFile): Content {
  if (file.raw !== undefined) return file.raw;
  if (file.layout === undefined || file.sizeBytes === 0) return emptyContent;
  return { sizeBytes: file.sizeBytes, identity: identityOf(file.layout.key, file.cells) };
}

/** Whether the file holds that part of the torrent's file, as it should be. */
export function holdsPart(file: DiskFile | undefined, layout: FileLayout, piece: number): boolean {
  if (file?.layout?.key !== layout.key || file.sizeBytes !== layout.file.lengthBytes) return false;
  const part = piece - layout.firstPiece;
  return file.cells[part] === layout.truth[part];
}
