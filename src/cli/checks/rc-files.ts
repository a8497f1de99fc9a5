/** Checks of the user's own rtorrent.rc: lines that the installed version refuses, and settings that bite. */

import { readFileSync } from 'node:fs';
import { installedVersion } from '../../adapters/embedded-launch.ts';
import { rcFilesOf } from '../../adapters/rtorrent-finder.ts';
import type { RcEntry } from '../../codec/rtorrent-rc-lines.ts';
import { encryptionDemand, guardBytesOf, readRcLines, refusedLines } from '../../codec/rtorrent-rc-lines.ts';
import { Fault } from '../../core/fault.ts';
import type { Finding } from './finding.ts';

export interface RcFile {
  readonly path: string;
  readonly entries: readonly RcEntry[];
}

/** The first that is there, as rtorrent takes it; undefined where none is. What it imports is not followed. */
export function findRcFile(home: string): RcFile | undefined {
  for (const path of rcFilesOf(home)) {
    try {
      return { path, entries: readRcLines(readFileSync(path, 'utf8')) };
    } catch {
      // It is not there, or not for us to read.
    }
  }
  return undefined;
}

/** What the file says of the low-diskspace guard; undefined where it does not. */
export function guardOfFile(file: RcFile | undefined): number | undefined {
  return file === undefined ? undefined : guardBytesOf(file.entries);
}

export async function checkRcFile({ path, entries }: RcFile): Promise<readonly Finding[]> {
  const check = 'rtorrent.rc';
  const findings: Finding[] = [];
  const version = await installedVersion().catch((error: unknown) => {
    if (error instanceof Fault) return undefined;
    throw error;
  });
  for (const { line, command, replacement } of version === undefined ? [] : refusedLines(entries, version)) {
    findings.push({
      check,
      state: 'warning',
      detail: `${path}:${line}: rtorrent ${version ?? ''} does not know ${command}, and does not start with it`,
      remedy: replacement === '' ? 'remove the line' : `write ${replacement}`,
    });
  }
  const demand = encryptionDemand(entries);
  if (demand !== undefined) {
    findings.push({
      check,
      state: 'warning',
      detail: `${path}:${demand.line}: with encryption required, a file larger than the limit cannot be fetched in pieces`,
      remedy: 'write allow_incoming,try_outgoing,enable_retry, or set oversize = files',
    });
  }
  return findings.length > 0 ? findings : [{ check, state: 'ok', detail: path }];
}
