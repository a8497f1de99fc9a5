/** The real remote on a rig, as the contract takes it: rsync over ssh into a directory with a hostile path. */

import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import type { RemoteSettings } from '../../src/adapters/remote-rsync.ts';
import { rootMark } from '../../src/adapters/remote-root.ts';
import { RsyncRemote } from '../../src/adapters/remote-rsync.ts';
import { SshLines } from '../../src/adapters/ssh-lines.ts';
import type { ByteString } from '../../src/core/bytes.ts';
import { asByteString, bytesOfText, joinPath, parentPath } from '../../src/core/bytes.ts';
import type { Rig } from '../e2e/rig.ts';
import type { RemoteWorld } from './suites/remote-contract.ts';

export interface RealRemote extends RemoteWorld {
  readonly remote: RsyncRemote;
  /** The remote's root, as a path of this machine. */
  readonly root: string;
  /** Where the connection's socket directories are made. */
  readonly socketDirectory: string;
}

let count = 0;

/** Programs are found as the rig's user finds them: its `ssh` reaches the rig's host and no other. */
export function useProgramsOf(rig: Rig): void {
  process.env['PATH'] = rig.environment['PATH'];
}

/** Another remote path and another connection each time. */
export function openRealRemote(
  rig: Rig,
  settings: Partial<RemoteSettings> & { readonly connectTimeoutMs?: number } = {},
): RealRemote {
  count += 1;
  const root = settings.path ?? `${rig.remote.path}/${count} it's a "ro:ot" *?[x] \u00fc\u{1f980}/deep`;
  const here = `${rig.directory}/here-${count}`;
  const socketDirectory = `${rig.directory}/s ${count}%h'`;
  mkdirSync(here);
  mkdirSync(socketDirectory, { mode: 0o700 });
  const lines = new SshLines({
    host: rig.remote.host,
    socketDirectories: [socketDirectory],
    connectTimeoutMs: settings.connectTimeoutMs ?? 10_000,
  });
  const remote = new RsyncRemote(lines, {
    stallMs: 30_000,
    isPathInUse: false,
    ...settings,
    path: root,
  });
  const there = (path: ByteString): Buffer => pathOf(joinPath(bytesOfText(root), path));
  return {
    remote,
    root,
    socketDirectory,
    here: bytesOfText(here),
    writeHere: (path, content) => {
      writeWithParents(pathOf(path), pathOf(parentPath(path)), content);
    },
    readHere: (path) => readFileSync(pathOf(path)),
    removeHere: (path) => {
      rmSync(pathOf(path));
    },
    writeThere: (path, content) => {
      writeWithParents(there(path), pathOf(parentPath(joinPath(bytesOfText(root), path))), content);
    },
    spoilThere: (path) => {
      const { atime, mtime } = statSync(there(path));
      const content = readFileSync(there(path));
      content[0] = (content[0] ?? 0) ^ 1;
      writeFileSync(there(path), content);
      utimesSync(there(path), atime, mtime);
    },
    filesThere: () => (existsSync(root) ? filesBelow(bytesOfText(root)) : undefined),
    close: () => remote.disconnect(),
  };
}

function writeWithParents(path: Buffer, directory: Buffer, content: Uint8Array): void {
  mkdirSync(directory, { recursive: true });
  writeFileSync(path, content);
}

function filesBelow(root: ByteString): Map<ByteString, Uint8Array> {
  const files = new Map<ByteString, Uint8Array>();
  const visit = (below: ByteString): void => {
    const directory = pathOf(joinPath(root, below));
    for (const entry of readdirSync(directory, { encoding: 'buffer', withFileTypes: true })) {
      const path = joinPath(below, asByteString(entry.name.toString('latin1')));
      if (entry.isDirectory()) visit(path);
      else if (entry.isFile() && path !== rootMark)
        files.set(path, readFileSync(pathOf(joinPath(root, path))));
    }
  };
  visit(asByteString(''));
  return files;
}

function pathOf(path: ByteString): Buffer {
  return Buffer.from(path, 'latin1');
}
