/** Tells a person what a pass does, as it does it: lines in the log, and the progress of transfers on a terminal. */

import type { Action, Outcome } from '../../core/action.ts';
import { contentOf } from '../../core/content.ts';
import { isSending, speedText, wordOfAction } from '../../core/done-words.ts';
import { nameOf } from '../../core/explain.ts';
import type { ManagedTorrent } from '../../core/metainfo.ts';
import type { Job } from '../../core/snapshot.ts';
import { formatBytes, formatDuration, formatRate } from '../../core/units.ts';
import type { ReporterPort, WorldPart } from '../../ports/runtime.ts';
import type { Log } from './log.ts';
import type { Terminal } from './terminal.ts';

const verbs: Readonly<Record<Job['kind'], string>> = {
  ship: 'shipping',
  prove: 'proving',
  stream: 'streaming',
};

export class LogReporter implements ReporterPort {
  private readonly log: Log;
  private readonly terminal: Terminal;
  private readonly shown = new Map<string, string>();

  constructor(log: Log, terminal: Terminal) {
    this.log = log;
    this.terminal = terminal;
  }

  acted(action: Action, outcome: Outcome, tookMs: number): void {
    const torrent = nameOf(action.managed);
    const fields = { torrent, infohash: action.managed.metainfo.infohash, tookMs: Math.round(tookMs) };
    if (action.kind === 'ship' || action.kind === 'prove' || action.kind === 'stream')
      this.shown.delete(keyOf(action.kind, torrent, action.files.at(0)?.index));
    if (outcome.kind === 'failed') {
      const { message: detail, remedy } = outcome;
      this.log.warn(wordOfAction(action.kind, 'failed'), { ...fields, action: action.kind, detail, remedy });
    } else if (outcome.kind === 'stale') {
      this.log.debug('looked again before', { ...fields, action: action.kind, detail: outcome.detail });
    } else {
      this.log.info(wordOfAction(action.kind, 'done'), {
        ...fields,
        detail: `${outcome.detail}${speedOf(action, tookMs)}`,
      });
    }
  }

  progressed(managed: ManagedTorrent, job: Job): void {
    const { doneBytes, totalBytes, startedAtMs } = job;
    const elapsedMs = Math.max(1, Date.now() - startedAtMs);
    const rate = (doneBytes / elapsedMs) * 1000;
    const leftMs = rate > 0 ? ((totalBytes - doneBytes) / rate) * 1000 : 0;
    const share = totalBytes === 0 ? 100 : Math.floor((doneBytes / totalBytes) * 100);
    const verb = verbs[job.kind];
    const parts = [`${share} %`, `${formatBytes(doneBytes)} of ${formatBytes(totalBytes)}`, formatRate(rate)];
    this.shown.set(
      keyOf(job.kind, nameOf(managed), job.files[0]),
      `${verb} ${nameOf(managed)}: ${parts.join(', ')}, ${formatDuration(leftMs)} left`,
    );
    this.terminal.progress([...this.shown.values()].join(' · '));
  }

  noticed(managed: ManagedTorrent, sentence: string): void {
    this.log.warn('notice about', { torrent: nameOf(managed), detail: sentence });
  }

  troubled(part: WorldPart, detail: string, remedy: string | undefined): void {
    this.log.error(`${part} cannot be seen`, { detail, remedy });
  }

  recovered(part: WorldPart): void {
    this.log.info(`${part} answers again`);
  }
}

/** A torrent may have several jobs at once, of one kind too, but a file is in one of them alone. */
function keyOf(kind: Job['kind'], torrent: string, firstFile: number | undefined): string {
  return `${kind} ${firstFile ?? ''} ${torrent}`;
}

function speedOf(action: Action, tookMs: number): string {
  return isSending(action.kind) ? speedText(contentOf(action).bytes, tookMs) : '';
}

/** For commands that only look. */
export const silentReporter: ReporterPort = {
  acted: () => undefined,
  progressed: () => undefined,
  noticed: () => undefined,
  troubled: () => undefined,
  recovered: () => undefined,
};
