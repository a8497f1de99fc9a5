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
    const record = JSON.parse(line) as LogRecord;
    const text = logFormat === 'json' ? line.trimEnd() : humanLine(record, terminal);
    terminal.line(terminal.isJournal ? `<${priorityOf(record.level)}>${text}` : text);
  };
  return pino(
    { level: logLevel, base: null, messageKey: 'message', timestamp: stdTimeFunctions.isoTime },
    { write },
  );
}

function humanLine(record: LogRecord, terminal: Terminal): string {
  const time = terminal.isJournal
    ? ''
    : `${terminal.style('dim', new Date(record.time).toTimeString().slice(0, 8))} `;
  const message = terminal.style(styleOf(record.level), record.message);
  const subject = record.torrent === undefined ? '' : ` ${terminal.style('bold', record.torrent)}`;
  const detail = record.detail === undefined ? '' : `: ${record.detail}`;
  const remedy = record.remedy === undefined ? '' : ` — ${record.remedy}`;
  return `${time}${message}${subject}${detail}${remedy}`;
}

/** As the journal takes it at the start of a line (sd-daemon(3)): error, warning, information, debug. */
function priorityOf(level: number): number {
  if (level >= 50) return 3;
  if (level >= 40) return 4;
  return level >= 30 ? 6 : 7;
}

function styleOf(level: number): Style {
  if (level >= 50) return 'red';
  if (level >= 40) return 'yellow';
  return level >= 30 ? 'green' : 'dim';
}
