/** The terminal that the live screen takes over, and gives back as it was on every way out. */

import { keysOf } from './keys.ts';
import type { Key } from './keys.ts';
import type { Line } from './line.ts';
import { repaint } from './paint.ts';
import type { Size } from './screen.ts';

/** xterm's alternate screen, without a cursor, and without wrapping at the right edge. */
const enter = '\u001B[?1049h\u001B[?25l\u001B[?7l';
const leave = '\u001B[?7h\u001B[?25h\u001B[?1049l';
/** What a terminal has that tells nothing: VT100's. */
const usual: Size = { columns: 80, rows: 24 };

export interface TtyListener {
  readonly pressed: (keys: readonly Key[]) => void;
  /** The size has changed, or somebody came back: all has to be drawn anew. */
  readonly resized: () => void;
}

export class Tty {
  private readonly input: NodeJS.ReadStream;
  private readonly output: NodeJS.WriteStream;
  private readonly isStyled: boolean;
  private readonly listener: TtyListener;
  private shown: readonly Line[] | undefined;
  private isTaken = false;

  constructor(
    input: NodeJS.ReadStream,
    output: NodeJS.WriteStream,
    isStyled: boolean,
    listener: TtyListener,
  ) {
    this.input = input;
    this.output = output;
    this.isStyled = isStyled;
    this.listener = listener;
  }

  get size(): Size {
    const { columns, rows } = this.output;
    return columns > 0 && rows > 0 ? { columns, rows } : usual;
  }

  /** Until `close`; also given back when the process ends or breaks. */
  open(): void {
    this.take();
    this.input.setEncoding('utf8');
    this.input.on('data', this.read);
    this.output.on('resize', this.redraw);
    process.on('exit', this.release);
    process.on('uncaughtExceptionMonitor', this.release);
    process.on('SIGCONT', this.comeBack);
    process.on('SIGTSTP', this.suspend);
  }

  close(): void {
    this.release();
    this.input.off('data', this.read);
    this.input.pause();
    this.output.off('resize', this.redraw);
    process.off('exit', this.release);
    process.off('uncaughtExceptionMonitor', this.release);
    process.off('SIGCONT', this.comeBack);
    process.off('SIGTSTP', this.suspend);
  }

  draw(lines: readonly Line[]): void {
    if (!this.isTaken) return;
    const bytes = repaint(this.shown, lines, this.isStyled);
    this.shown = lines;
    if (bytes !== '') this.output.write(bytes);
  }

  /** Nothing is known of the screen any more: the next picture is drawn whole. */
  readonly redraw = (): void => {
    this.shown = undefined;
    this.listener.resized();
  };

  /** Gives the terminal to the shell until the shell gives it back. */
  readonly suspend = (): void => {
    this.release();
    process.kill(process.pid, 'SIGSTOP');
  };

  private readonly comeBack = (): void => {
    this.take();
    this.redraw();
  };

  private readonly read = (chunk: string): void => {
    this.listener.pressed(keysOf(chunk));
  };

  private take(): void {
    if (this.isTaken) return;
    this.isTaken = true;
    this.shown = undefined;
    this.input.setRawMode(true);
    this.output.write(enter);
  }

  private readonly release = (): void => {
    if (!this.isTaken) return;
    this.isTaken = false;
    this.output.write(leave);
    this.input.setRawMode(false);
  };
}
