/** Finds the rtorrents of this user that answer: by their processes, their rc files, and the usual places. */

import { basename } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { readRcLines, socketUrlsOf } from '../codec/rtorrent-rc-lines.ts';
import { findOwnProcesses } from './own-processes.ts';
import { unixListenersOf } from './own-sockets.ts';
import { readTextOrEmpty } from './read-text.ts';
import type { SocketAddress } from './rtorrent-rpc.ts';
import { RtorrentRpc } from './rtorrent-rpc.ts';

export interface FoundRtorrent {
  /** As `socket_url` is written. */
  readonly url: string;
  readonly version: string;
}

/** What does not answer at once is not offered. */
const patienceMs = 3_000;

/** Where rtorrent looks for its rc file, the first that is there. */
export function rcFilesOf(home: string): readonly string[] {
  return [`${home}/.rtorrent.rc`, `${home}/.config/rtorrent/rtorrent.rc`];
}

/** Without those in `except`, which are this program's own. */
export async function findRtorrents(
  home: string,
  parse: (url: string) => SocketAddress | undefined,
  except: (path: string) => boolean,
): Promise<readonly FoundRtorrent[]> {
  const paths = findOwnProcesses((one) => basename(one.arguments[0] ?? '') === 'rtorrent')
    .flatMap(({ pid }) => unixListenersOf(pid))
    .filter((path) => !except(path));
  const fromRc = rcFilesOf(home).flatMap((file) => socketUrlsOf(readRcLines(readTextOrEmpty(file))));
  const usual = ['.rtorrent.sock', 'rtorrent.sock', '.rtorrent/rpc.socket', '.rtorrent/rtorrent.sock'];
  const urls = [
    ...paths.map((path) => `scgi://${path}`),
    ...fromRc.map((url) => url.replace(/^scgi:\/\/~(?=\/)/, `scgi://${home}`)),
    ...usual.map((name) => `scgi://${home}/${name}`),
  ];
  const answers = await Promise.all(
    [...new Set(urls)].map(async (url) => {
      const address = parse(url);
      const version = address === undefined ? undefined : await versionAt(address);
      return version === undefined ? [] : [{ url, version }];
    }),
  );
  return answers.flat();
}

/** The version of the rtorrent that answers there; undefined where none does. */
async function versionAt(address: SocketAddress): Promise<string | undefined> {
  const patience = new AbortController();
  const tooLate = delay(patienceMs, undefined, { signal: patience.signal }).catch(() => undefined);
  const answer = new RtorrentRpc(address).call('system.client_version').then(String, () => undefined);
  const version = await Promise.race([answer, tooLate]);
  patience.abort();
  return version;
}
