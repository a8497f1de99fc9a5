/** A crash: what was seen last is written down, so that the mistake can be found and the plan made again. */

import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Monitor } from '../driver/monitor.ts';

/** A service that is started again and again must not fill the disk. */
const mostFiles = 5;
const namePattern = /^crash-.*\.json\.gz$/;

export class CrashRecorder {
  private monitor: Monitor | undefined;
  private directory = '';

  /** From now on this is what is written down; `directory` is the program's own. */
  follow(monitor: Monitor, directory: string): void {
    this.monitor = monitor;
    this.directory = directory;
  }

  /**
   * Writes the last snapshot, the policy, the events and the error into a new file, readable for the user alone, and answers
   * with its path; undefined where nothing was seen yet, or it cannot be written. Never throws.
   */
  write(error: unknown, now: Date): string | undefined {
    const looked = this.monitor?.latestLook();
    if (looked === undefined) return undefined;
    const path = join(this.directory, `crash-${now.toISOString().replaceAll(':', '-')}.json.gz`);
    const record = {
      at: now.toISOString(),
      error: error instanceof Error ? (error.stack ?? error.message) : String(error),
      ...looked,
      events: this.monitor?.events(),
    };
    try {
      mkdirSync(this.directory, { recursive: true, mode: 0o700 });
      writeFileSync(path, gzipSync(JSON.stringify(record, withCollections)), { mode: 0o600 });
      this.removeOld();
      return path;
    } catch {
      return undefined;
    }
  }

  private removeOld(): void {
    const names = readdirSync(this.directory).filter((name) => namePattern.test(name));
    for (const name of names.sort().slice(0, -mostFiles)) rmSync(join(this.directory, name), { force: true });
  }
}

/** What JSON has no form for, each as an object of one key. */
function withCollections(_: string, value: unknown): unknown {
  if (value instanceof Map) return { $map: [...(value as ReadonlyMap<unknown, unknown>)] };
  if (value instanceof Set) return { $set: [...(value as ReadonlySet<unknown>)] };
  if (value instanceof Uint8Array) return { $bytes: Buffer.from(value).toString('base64') };
  return value === Number.POSITIVE_INFINITY ? { $infinity: 1 } : value;
}
