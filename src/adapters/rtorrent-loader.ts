/** Hands .torrent files to rtorrent: in the request where they are small enough for it, else by a file of their own. */

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ByteString } from '../core/bytes.ts';
import { asByteString, bytesOfText } from '../core/bytes.ts';
import { Fault } from '../core/fault.ts';
import type { RtorrentRpc } from './rtorrent-rpc.ts';

/** rtorrent 0.9.8 takes 512 KiB of XML by default, and a torrent grows by a third as base64. */
const longestInRequest = 380_000;

export class TorrentLoader {
  private readonly rpc: RtorrentRpc;
  private readonly scratchDirectory: string;
  private readonly copies = new Set<string>();

  constructor(rpc: RtorrentRpc, scratchDirectory: string) {
    this.rpc = rpc;
    this.scratchDirectory = scratchDirectory;
  }

  /**
   * Loads a torrent with commands that are run before its start, if it is to be started. rtorrent answers before it has
   * read anything: whether it took the torrent is seen in its list.
   */
  async load(
    torrent: Uint8Array,
    commands: readonly ByteString[],
    state: 'started' | 'stopped',
  ): Promise<void> {
    const target = asByteString('');
    const isToStart = state === 'started';
    if (torrent.length <= longestInRequest) {
      await this.rpc.call(
        isToStart ? 'load.raw_start' : 'load.raw',
        target,
        { base64: torrent },
        ...commands,
      );
      return;
    }
    // A new path each time: rtorrent skips a path that it has seen, with the same time of change, without a word.
    const path = await this.copy(torrent);
    const untie = asByteString('d.tied_to_file.set=');
    await this.rpc.call(
      isToStart ? 'load.start' : 'load.normal',
      target,
      bytesOfText(path),
      untie,
      ...commands,
    );
  }

  /** Removes the copies that were made: call it once rtorrent has read them. Idempotent. */
  async tidyUp(): Promise<void> {
    for (const directory of this.copies) await rm(directory, { recursive: true, force: true });
    this.copies.clear();
  }

  private async copy(torrent: Uint8Array): Promise<string> {
    try {
      mkdirSync(this.scratchDirectory, { recursive: true, mode: 0o700 });
      const directory = await mkdtemp(join(this.scratchDirectory, 'load-'));
      this.copies.add(directory);
      const path = join(directory, 'copy.torrent');
      await writeFile(path, torrent, { mode: 0o600 });
      return path;
    } catch (error) {
      throw new Fault(
        'refused',
        `cannot write to ${this.scratchDirectory}: ${(error as Error).message}`,
        'make the directory writable, or set XDG_STATE_HOME to one that is',
      );
    }
  }
}
