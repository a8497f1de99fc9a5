/** The port to time and to the people who watch. */

import type { ManagedTorrent } from '../core/metainfo.ts';
import type { Action, Outcome } from '../core/action.ts';
import type { Job } from '../core/snapshot.ts';

export interface ClockPort {
  /** Milliseconds since 1970. */
  nowMs(): number;
  /** Resolves after the time has passed, or at once when the signal is given. Never rejects. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

/** Told what happens, as it happens. A reporter never throws and never delays. */
export interface ReporterPort {
  acted(action: Action, outcome: Outcome, tookMs: number): void;
  progressed(managed: ManagedTorrent, job: Job): void;
  /** Something that a person should know, beyond the outcome of an action. */
  noticed(managed: ManagedTorrent, sentence: string): void;
  /** A part of the world does not answer; told once, until it answers again. */
  troubled(part: WorldPart, reason: string, remedy: string | undefined): void;
  recovered(part: WorldPart): void;
}

/** What a look asks; `this host` for the managed directory and the ledger. */
export type WorldPart = 'this host' | 'rtorrent' | 'the disk' | 'the remote';
