/** The log: constant messages with fields, as text for people or as JSON for machines, on standard error. */

import type { Logger } from 'pino';
import { pino, stdTimeFunctions } from 'pino';
import type { Configuration } from '../config.ts';
import type { Style, Terminal } from './terminal.ts';

export type Log = Logger;

/** Fields that the text form shows in its own way; `torrent` names what a line is about. */
interface LogRecord {
  readonly level: number;
  readonly time: string;
  readonly message: string;
  readonly torrent?: string;
  readonly detail?: string;
  readonly remedy?: string;
}

export function createLog(
  { logLevel, logFormat }: Pick<Configuration, 'logLevel' | 'logFormat'>,
  terminal: Terminal,
): Log {
  const write = (line: string): void => {
    terminal.line(logFormat === 'json' ? line.trimEnd() : humanLine(JSON.parse(line) as LogRecord, terminal));
  };
  return pino(
    { level: logLevel, base: null, messageKey: 'message', timestamp: stdTimeFunctions.isoTime },
    { write },
  );
}

function humanLine(record: LogRecord, terminal: Terminal): string {
  const time = new Date(record.time).toTimeString().slice(0, 8);
  const message = terminal.style(styleOf(record.level), record.message);
  const subject = record.torrent === undefined ? '' : ` ${terminal.style('bold', record.torrent)}`;
  const detail = record.detail === undefined ? '' : `: ${record.detail}`;
  const remedy = record.remedy === undefined ? '' : ` — ${record.remedy}`;
  return `${terminal.style('dim', time)} ${message}${subject}${detail}${remedy}`;
}

function styleOf(level: number): Style {
  if (level >= 50) return 'red';
  if (level >= 40) return 'yellow';
  return level >= 30 ? 'green' : 'dim';
}
