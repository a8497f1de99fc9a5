/** The managed directory: its .torrent files, read once and again only when they change. */

import { readdirSync, statSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { ByteString } from '../core/bytes.ts';
import { asByteString, baseName, bytesOfText, joinPath } from '../core/bytes.ts';
import { Fault } from '../core/fault.ts';
import type { Infohash, ManagedTorrent, Metainfo } from '../core/metainfo.ts';
import type { Priority } from '../core/priority.ts';
import { comparePriorities, shelves } from '../core/priority.ts';
import type { RejectedEntry } from '../core/snapshot.ts';
import { MetainfoPacker } from './packed-metainfo.ts';
import type { FileSignature } from './torrent-file.ts';
import { parseTorrentBytes, pathOf, readTorrentFile, signatureOf } from './torrent-file.ts';

interface Remembered {
  /** Undefined where the file could not be read: then it is tried again each time. */
  readonly signature: FileSignature | undefined;
  readonly content: Metainfo | RejectedEntry;
}

interface Entry {
  readonly path: ByteString;
  readonly priority: Priority;
}

interface Scan {
  readonly managed: ReadonlyMap<Infohash, ManagedTorrent>;
  readonly rejected: readonly RejectedEntry[];
}

interface LastScan {
  readonly scan: Scan;
  /** Of the directories, before they were read. */
  readonly marks: readonly (FileSignature | undefined)[];
  readonly atMs: number;
  readonly wallMs: number;
}

const longestTrustMs = 5 * 60_000;
/** Filesystems keep times in steps of up to two seconds. */
const clockGrainMs = 2_500;

/** Larger than most .torrent files. They are read into the same memory one by one: nothing refers to it afterwards. */
const memoryBytes = 256 * 1024;

/** All that .torrent files may lie in: the managed directory, and those below it that stand for priorities. */
export function torrentDirectories(managedDirectory: string): readonly string[] {
  return [managedDirectory, ...shelves.map((name) => join(managedDirectory, name))];
}

export class ManagedDirectory {
  private readonly directory: string;
  private readonly memory = Buffer.allocUnsafeSlow(memoryBytes);
  private readonly packer = new MetainfoPacker();
  private remembered = new Map<ByteString, Remembered>();
  private last: LastScan | undefined;

  constructor(directory: string) {
    this.directory = directory;
  }

  /**
   * The same objects again while no entry comes or goes. A .torrent whose content changes in place is noticed after some
   * minutes; one that held no torrent is read again as soon as it changes.
   */
  scan(): Scan {
    const marks = this.marks();
    if (this.last !== undefined && isSettled(this.last, marks)) return this.last.scan;
    const [atMs, wallMs] = [performance.now(), Date.now()];
    const scan = this.scanAll();
    this.last = scan.rejected.length === 0 ? { scan, marks, atMs, wallMs } : undefined;
    return scan;
  }

  private scanAll(): Scan {
    const managed = new Map<Infohash, ManagedTorrent>();
    const rejected: RejectedEntry[] = [];
    const remembered = new Map<ByteString, Remembered>();
    for (const entry of this.entries()) {
      const read = this.read(entry.path);
      if (read === undefined) continue;
      remembered.set(entry.path, read);
      const { content, signature } = read;
      if ('reason' in content) rejected.push(content);
      else addTorrent(managed, content, entry, signature?.ctimeMs ?? 0);
    }
    this.remembered = remembered;
    return { managed, rejected };
  }

  /** Deletes the .torrent files of one torrent, as far as they still hold it. Idempotent. */
  retire(torrent: ManagedTorrent): void {
    for (const path of torrent.torrentPaths) {
      // Another torrent may have been put in its place since the scan.
      if (!holdsTorrent(path, torrent.metainfo.infohash)) continue;
      try {
        unlinkSync(pathOf(path));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') continue;
        throw new Fault(
          'refused',
          `cannot delete the .torrent file (${(error as NodeJS.ErrnoException).code ?? 'unknown error'})`,
          `make ${this.directory} writable`,
        );
      }
    }
  }

  /** What changes with each entry that comes, goes or is replaced. */
  private marks(): LastScan['marks'] {
    return torrentDirectories(this.directory).map(markOf);
  }

  /** In the directory, and in those below it that are named after a priority. Sorted, so that of two .torrent files with one content the same one is first each time. */
  private entries(): readonly Entry[] {
    try {
      const top = entriesOf(bytesOfText(this.directory), 'normal');
      return top.flatMap((entry) => shelfIn(entry) ?? entry);
    } catch (error) {
      throw new Fault(
        'refused',
        `cannot read the managed directory ${this.directory} (${(error as NodeJS.ErrnoException).code ?? 'unknown error'})`,
        'make it, or set managed_torrents_directory to the directory with your .torrent files',
      );
    }
  }

  /** Undefined where the entry has gone since it was listed. */
  private read(path: ByteString): Remembered | undefined {
    const known = this.remembered.get(path);
    if (known?.signature !== undefined && isUnchanged(path, known.signature)) return known;
    let signature: FileSignature | undefined;
    try {
      const file = readTorrentFile(path, this.memory);
      ({ signature } = file);
      return { signature, content: this.packer.pack(parseTorrentBytes(file.bytes).metainfo) };
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      return error.kind === 'gone' ? undefined : { signature, content: { path, reason: error.message } };
    }
  }
}

/** Undefined for what is not there, and for what we may not see: reading it tells. */
function markOf(path: string): FileSignature | undefined {
  try {
    return signatureOf(statSync(path));
  } catch {
    return undefined;
  }
}

/** Whether nothing can have come or gone since. */
function isSettled({ marks, atMs, wallMs }: LastScan, now: LastScan['marks']): boolean {
  if (performance.now() - atMs > longestTrustMs) return false;
  return now.every((mark, index) => {
    const before = marks[index];
    if (mark === undefined || before === undefined) return mark === before;
    // What was changed at the very moment of the scan may be changed again without a trace.
    return isSame(mark, before) && mark.mtimeMs < wallMs - clockGrainMs;
  });
}

function isUnchanged(path: ByteString, known: FileSignature): boolean {
  try {
    return isSame(signatureOf(statSync(pathOf(path))), known);
  } catch {
    // Gone, or no file any more: reading it tells.
    return false;
  }
}

function isSame(one: FileSignature, other: FileSignature): boolean {
  return (
    one.sizeBytes === other.sizeBytes &&
    one.mtimeMs === other.mtimeMs &&
    one.ctimeMs === other.ctimeMs &&
    one.inode === other.inode
  );
}

function holdsTorrent(path: ByteString, infohash: Infohash): boolean {
  try {
    return parseTorrentBytes(readTorrentFile(path).bytes).metainfo.infohash === infohash;
  } catch (error) {
    if (error instanceof Fault) return false;
    throw error;
  }
}

function addTorrent(
  managed: Map<Infohash, ManagedTorrent>,
  metainfo: Metainfo,
  { path, priority }: Entry,
  addedAtMs: number,
): void {
  const twin = managed.get(metainfo.infohash);
  managed.set(metainfo.infohash, {
    metainfo,
    torrentPaths: twin === undefined ? [path] : [...twin.torrentPaths, path],
    priority: twin !== undefined && comparePriorities(twin.priority, priority) < 0 ? twin.priority : priority,
    addedAtMs: Math.min(addedAtMs, twin?.addedAtMs ?? addedAtMs),
  });
}

/** The entries of a directory named after a priority; undefined for any other entry. */
function shelfIn({ path }: Entry): readonly Entry[] | undefined {
  const priority = shelves.find((name) => name === baseName(path));
  if (priority === undefined) return undefined;
  try {
    return entriesOf(path, priority);
  } catch {
    // No directory, or none that can be read: as an entry it is rejected with the reason.
    return undefined;
  }
}

function entriesOf(directory: ByteString, priority: Priority): readonly Entry[] {
  const names = readdirSync(pathOf(directory), { encoding: 'buffer' });
  const paths = names.map((name) => joinPath(directory, asByteString(name.toString('latin1'))));
  return paths.sort().map((path) => ({ path, priority }));
}
