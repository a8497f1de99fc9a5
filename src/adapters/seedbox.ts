/** This host as a seedbox: the managed directory, the local disk, and what may be deleted on it. */

import type { ByteString } from '../core/bytes.ts';
import { Fault } from '../core/fault.ts';
import type { ManagedTorrent, MetainfoFile } from '../core/metainfo.ts';
import type { DiskView } from '../core/snapshot.ts';
import type { Place, PunchOrder, RemovalOrder, RemovalReport, SeedboxPort } from '../ports/seedbox.ts';
import { digestFiles } from './content-digest.ts';
import { DiskQuota } from './disk-quota.ts';
import { measureDisk } from './local-disk.ts';
import { ManagedDirectory } from './managed-directory.ts';
import { checkPieces } from './piece-check.ts';
import { removeFiles } from './removal.ts';
import { prepareStream, punchPieces } from './streamed-file.ts';

/** The calls are synchronous below: they are many, short, and three times as fast that way. */
export class Seedbox implements SeedboxPort {
  private readonly managedDirectory: ManagedDirectory;
  private readonly quota = new DiskQuota();

  constructor(managedDirectory: string) {
    this.managedDirectory = new ManagedDirectory(managedDirectory);
  }

  scan(): ReturnType<SeedboxPort['scan']> {
    return attempt(() => this.managedDirectory.scan());
  }

  async measure(directory: ByteString, places: readonly Place[]): Promise<DiskView> {
    return await this.quota.applyTo(await attempt(() => measureDisk(directory, places)), directory);
  }

  verifyPieces(...order: Parameters<SeedboxPort['verifyPieces']>): ReturnType<SeedboxPort['verifyPieces']> {
    return attempt(() => checkPieces(...order));
  }

  digest(...order: Parameters<SeedboxPort['digest']>): Promise<ReadonlyMap<number, string>> {
    return attempt(() => digestFiles(...order));
  }

  prepareStream(place: Place, file: MetainfoFile): Promise<void> {
    return attempt(() => prepareStream(place, file));
  }

  punch(order: PunchOrder): Promise<{ readonly allocatedBytes: number }> {
    return attempt(() => punchPieces(order));
  }

  remove(order: RemovalOrder): Promise<RemovalReport> {
    return attempt(() => removeFiles(order));
  }

  retire(managed: ManagedTorrent): Promise<void> {
    return attempt(() => {
      this.managedDirectory.retire(managed);
    });
  }
}

async function attempt<T>(action: () => T | Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw asFault(error);
  }
}

/** What the system refuses is a fault; anything else is a mistake of ours, and passes as it is. */
function asFault(error: unknown): Error {
  const { code, message } = error as NodeJS.ErrnoException;
  return error instanceof Fault || code === undefined ? (error as Error) : new Fault('failed', message);
}
