/** The user's quota: what may still be written is the least of the filesystem and it. */

import { execFile } from 'node:child_process';
import { statSync } from 'node:fs';
import { parseQuotaReport } from '../codec/quota-report.ts';
import type { ByteString } from '../core/bytes.ts';
import { parentPath } from '../core/bytes.ts';
import type { DiskView } from '../core/snapshot.ts';
import { pathOf } from './torrent-file.ts';

/** Between two questions where there is a quota, and where there is none. */
const askAgainMs = 10_000;
const lookAgainMs = 10 * 60_000;
const timeoutMs = 5_000;
const mostOutputBytes = 1024 ** 2;

/**
 * Of users and groups. Quotas of projects show in what the filesystem itself says (ext4, XFS). `-l`: a network
 * filesystem's server may never answer.
 */
const options = ['-u', '-g', '-l', '--no-wrap', '--raw-grace', '--show-mntpoint', '--hide-device'] as const;

interface Answer {
  readonly atMs: number;
  /** Undefined where no quota bounds this filesystem. */
  readonly bound: Bound | undefined;
}

interface Bound {
  /** What managed torrents took at that moment, and what could still be written. */
  readonly ceilingBytes: number;
  readonly limitBytes: number;
}

/** Asks `quota` now and then, not at each look: it is a program to be started. */
export class DiskQuota {
  private readonly answers = new Map<ByteString, Answer>();

  /** The view, or a smaller one where a quota leaves less than the filesystem has. Never rejects. */
  async applyTo(view: DiskView, directory: ByteString): Promise<DiskView> {
    const allocatedBytes = [...view.torrents.values()].reduce((sum, one) => sum + one.allocatedBytes, 0);
    const bound = await this.boundOf(directory, allocatedBytes);
    if (bound === undefined) return view;
    // What was downloaded since the answer has taken of the quota as well.
    const freeBytes = Math.max(0, bound.ceilingBytes - allocatedBytes);
    if (freeBytes >= view.freeBytes) return view;
    return { ...view, freeBytes, totalBytes: Math.min(view.totalBytes, bound.limitBytes), isQuota: true };
  }

  private async boundOf(directory: ByteString, allocatedBytes: number): Promise<Bound | undefined> {
    const last = this.answers.get(directory);
    const restMs = last?.bound === undefined ? lookAgainMs : askAgainMs;
    const nowMs = performance.now();
    if (last !== undefined && nowMs - last.atMs < restMs) return last.bound;
    const device = deviceOf(directory);
    const rows = parseQuotaReport(await ask()).filter(
      ({ mountPoint }) => device !== undefined && deviceAt(mountPoint) === device,
    );
    const tightest = rows.toSorted(
      (one, other) => one.limitBytes - one.usedBytes - (other.limitBytes - other.usedBytes),
    )[0];
    const bound =
      tightest === undefined
        ? undefined
        : {
            ceilingBytes: allocatedBytes + Math.max(0, tightest.limitBytes - tightest.usedBytes),
            limitBytes: tightest.limitBytes,
          };
    this.answers.set(directory, { atMs: nowMs, bound });
    return bound;
  }
}

/** Empty where there is no such program. Its exit code says whether a limit is exceeded, and is no failure. */
function ask(): Promise<string> {
  return new Promise((resolve) => {
    execFile(
      'quota',
      options,
      { timeout: timeoutMs, killSignal: 'SIGKILL', maxBuffer: mostOutputBytes },
      (_error, stdout) => {
        resolve(stdout);
      },
    );
  });
}

/** Of the directory, or of the nearest above it that is there. */
function deviceOf(directory: ByteString): number | undefined {
  const device = deviceAt(pathOf(directory));
  return device !== undefined || directory.length <= 1 ? device : deviceOf(parentPath(directory));
}

function deviceAt(path: string | Buffer): number | undefined {
  try {
    return statSync(path).dev;
  } catch {
    return undefined;
  }
}
