/** The log: constant messages with fields, as text for people or as JSON for machines, on standard error. */

import type { Configuration } from '../config.ts';
import type { Style, Terminal } from './terminal.ts';

export type LogLevel = Configuration['logLevel'];

/** What a line tells beside its message: left out where undefined. The text form shows the first three, in its own way. */
export interface LogFields {
  /** What the line is about, by name. */
  readonly torrent?: string | undefined;
  readonly detail?: string | undefined;
  readonly remedy?: string | undefined;
  readonly [field: string]: unknown;
}

interface Rank {
  /** As most programs of Node number them, whose logs are JSON. */
  readonly level: number;
  /** As the journal takes it at the start of a line (sd-daemon(3)). */
  readonly priority: number;
  readonly style: Style;
}

const ranks: Readonly<Record<LogLevel, Rank>> = {
  debug: { level: 20, priority: 7, style: 'dim' },
  info: { level: 30, priority: 6, style: 'green' },
  warn: { level: 40, priority: 4, style: 'yellow' },
  error: { level: 50, priority: 3, style: 'red' },
};

export class Log {
  /** The lowest that is written. */
  level: LogLevel;
  private readonly isText: boolean;
  private readonly terminal: Terminal;

  /** `auto` is text where a person reads it: on a terminal, and in the journal. */
  constructor({ logLevel, logFormat }: Pick<Configuration, 'logLevel' | 'logFormat'>, terminal: Terminal) {
    this.level = logLevel;
    const isRead = terminal.isInteractive || terminal.isJournal;
    this.isText = logFormat === 'human' || (logFormat === 'auto' && isRead);
    this.terminal = terminal;
  }

  debug(message: string, fields: LogFields = {}): void {
    this.write('debug', message, fields);
  }

  info(message: string, fields: LogFields = {}): void {
    this.write('info', message, fields);
  }

  warn(message: string, fields: LogFields = {}): void {
    this.write('warn', message, fields);
  }

  error(message: string, fields: LogFields = {}): void {
    this.write('error', message, fields);
  }

  private write(name: LogLevel, message: string, fields: LogFields): void {
    const rank = ranks[name];
    if (rank.level < ranks[this.level].level) return;
    const now = new Date();
    const text = this.isText
      ? this.humanLine(rank, now, message, fields)
      : JSON.stringify({ level: rank.level, time: now.toISOString(), ...fields, message });
    this.terminal.line(this.terminal.isJournal ? `<${rank.priority}>${text}` : text);
  }

  private humanLine({ style }: Rank, now: Date, message: string, fields: LogFields): string {
    const { terminal } = this;
    const { torrent, detail, remedy } = fields;
    const time = terminal.isJournal ? '' : `${terminal.style('dim', now.toTimeString().slice(0, 8))} `;
    const subject = torrent === undefined ? '' : ` ${terminal.style('bold', torrent)}`;
    const details = detail === undefined ? '' : `: ${detail}`;
    const fix = remedy === undefined ? '' : ` — ${remedy}`;
    return `${time}${terminal.style(style, message)}${subject}${details}${fix}`;
  }
}
