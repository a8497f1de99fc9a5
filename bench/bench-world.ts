/** A world for the benchmarks: a directory of .torrent files, a configuration, and what a fake rtorrent answers. */

import { closeSync, ftruncateSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { BenchTorrent } from './made-torrents.ts';
import { makeBenchTorrent } from './made-torrents.ts';
import { observeReply, scgiReply } from '../test/unit/adapters/made-reply.ts';

export interface BenchWorld {
  readonly environment: NodeJS.ProcessEnv;
  readonly downloads: string;
  readonly socketPath: string;
  readonly replyPath: string;
  readonly loaded: readonly BenchTorrent[];
}

/** Every tenth of those that are not loaded is larger than the limit: it waits for its turn to be fetched in parts. */
export function makeBenchWorld(root: string, managedCount: number, loadedCount: number): BenchWorld {
  const [home, managed, downloads] = ['home', 'managed', 'downloads'].map((name) => join(root, name)) as [
    string,
    string,
    string,
  ];
  for (const path of [home, managed, downloads]) mkdirSync(path);
  const socketPath = join(root, 'rtorrent.sock');
  const loaded: BenchTorrent[] = [];
  for (let number = 0; number < managedCount; number += 1) {
    const torrent = makeBenchTorrent(number, number >= loadedCount && number % 10 === 0);
    writeFileSync(join(managed, `${torrent.name}.torrent`), torrent.bytes);
    if (number < loadedCount) loaded.push(torrent);
  }
  const replyPath = join(root, 'reply');
  writeFileSync(replyPath, scgiReply(observeReply(loaded, downloads)));
  const configuration = [
    '[main]',
    `managed_torrents_directory = ${managed}`,
    'remote_host = remote.example.org',
    'remote_path = /srv/torrents',
    'space_limit = 4GiB',
    'required_ratio = 1.0',
    // Nothing ever arrives here: else they would be set aside.
    'stall_timeout = off',
    `socket_url = scgi://${socketPath}`,
  ];
  writeFileSync(join(home, '.rtorrent_low_space_driver.cf'), `${configuration.join('\n')}\n`);
  const environment = {
    HOME: home,
    XDG_STATE_HOME: join(home, 'state'),
    PATH: [dirname(process.execPath), process.env['PATH'] ?? '/usr/bin:/bin'].join(':'),
    LANG: 'C.UTF-8',
  };
  return { environment, downloads, socketPath, replyPath, loaded };
}

/** What rtorrent makes when it starts a torrent: every file at full length, without blocks as yet. */
export function makeContent({ downloads, loaded }: BenchWorld): void {
  for (const torrent of loaded) {
    for (const { path, lengthBytes } of torrent.files) {
      const file = join(downloads, torrent.name, ...path);
      mkdirSync(dirname(file), { recursive: true });
      const descriptor = openSync(file, 'w');
      ftruncateSync(descriptor, lengthBytes);
      closeSync(descriptor);
    }
  }
}
