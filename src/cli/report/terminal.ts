/** Writes to a terminal, a pipe or a file: colours where they are wanted, and one line of progress that never mixes with others. */

import { fstatSync } from 'node:fs';
import { styleText } from 'node:util';
import { truncate } from './width.ts';

export type Style = 'bold' | 'dim' | 'inverse' | 'red' | 'yellow' | 'green' | 'cyan';

export class Terminal {
  private readonly stream: NodeJS.WriteStream;
  /** Whether anything is shown in a style. */
  readonly isStyled: boolean;
  /** Whether it can do no more than print one line below the other. */
  readonly isDumb: boolean;
  private hasProgress = false;
  /** What is written goes to systemd's journal: it has the time by itself, and takes the level of each line. */
  readonly isJournal: boolean;

  /** `NO_COLOR` (no-color.org) and `TERM=dumb` turn colours off, `FORCE_COLOR` turns them on. */
  constructor(stream: NodeJS.WriteStream, environment: NodeJS.ProcessEnv) {
    this.stream = stream;
    this.isDumb = environment['TERM'] === 'dumb';
    const isOff = (environment['NO_COLOR'] ?? '') !== '' || this.isDumb;
    this.isStyled = !isOff && (stream.isTTY || (environment['FORCE_COLOR'] ?? '') !== '');
    this.isJournal = isJournal(environment['JOURNAL_STREAM'], stream);
  }

  get isInteractive(): boolean {
    return this.stream.isTTY;
  }

  get columns(): number {
    return this.stream.isTTY ? this.stream.columns : Number.POSITIVE_INFINITY;
  }

  style(style: Style, text: string): string {
    return this.isStyled ? styleText(style, text, { validateStream: false }) : text;
  }

  line(text: string): void {
    this.clearProgress();
    this.stream.write(`${text}\n`);
  }

  /** Shows a line that the next one replaces; nothing where nobody watches, or nothing can be replaced. */
  progress(text: string): void {
    if (!this.stream.isTTY || this.isDumb) return;
    this.stream.write(`\r\u001B[K${truncate(text, this.columns - 1)}`);
    this.hasProgress = true;
  }

  clearProgress(): void {
    if (this.hasProgress) this.stream.write('\r\u001B[K');
    this.hasProgress = false;
  }
}

/** systemd names device and inode of the stream that it made: what is started from there may write elsewhere. */
function isJournal(named: string | undefined, stream: NodeJS.WriteStream): boolean {
  const { fd } = stream as { readonly fd?: number };
  if (named === undefined || fd === undefined) return false;
  const { dev, ino } = fstatSync(fd);
  return named === `${dev}:${ino}`;
}
