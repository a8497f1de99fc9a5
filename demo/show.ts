/** Shows the demo as it runs: a screen that is redrawn in place on a terminal, plain lines anywhere else. */

import type { Terminal } from '../src/cli/report/terminal.ts';
import { formatBytes, formatDuration } from '../src/core/units.ts';
import type { Picture } from './frame.ts';
import { arrivedBytes, countStates, drawFrame, title } from './frame.ts';

export interface Show {
  /** While the world is being set up. */
  preparing(sentence: string): void;
  /** The world is there: what it is made of. */
  open(facts: readonly string[]): void;
  /** A line that the program logged. */
  logged(line: string): void;
  update(picture: Picture): void;
  /** Leaves the terminal as it was; the last picture stays on it. Safe to call twice. */
  close(): void;
}

export function showOn(stream: NodeJS.WriteStream, terminal: Terminal, isDumb: boolean): Show {
  return stream.isTTY && stream.columns > 0 && !isDumb
    ? new LiveShow(stream, terminal)
    : new PlainShow(terminal);
}

/** The alternate screen, without a cursor, and with lines cut off at its edge. */
const enterScreen = '\u001B[?1049h\u001B[?25l\u001B[?7l';
const leaveScreen = '\u001B[?7h\u001B[?25h\u001B[?1049l';
const home = '\u001B[H';
const clearLine = '\u001B[K';
const clearBelow = '\u001B[J';

class LiveShow implements Show {
  private readonly stream: NodeJS.WriteStream;
  private readonly terminal: Terminal;
  private isOpen = false;
  private last: Picture | undefined;
  /** However the demo ends, the terminal is left as it was. */
  private readonly restore = (): void => {
    if (this.isOpen) this.stream.write(leaveScreen);
    this.isOpen = false;
  };

  constructor(stream: NodeJS.WriteStream, terminal: Terminal) {
    this.stream = stream;
    this.terminal = terminal;
  }

  preparing(sentence: string): void {
    this.terminal.progress(sentence);
  }

  open(): void {
    this.terminal.clearProgress();
    this.stream.write(enterScreen);
    this.isOpen = true;
    process.once('exit', this.restore);
  }

  /** The picture holds the last lines. */
  logged(): void {}

  update(picture: Picture): void {
    this.last = picture;
    if (!this.isOpen) return;
    const lines = this.frame(picture, this.stream.rows);
    this.stream.write(home + lines.map((line) => clearLine + line).join('\n') + clearBelow);
  }

  close(): void {
    this.terminal.clearProgress();
    process.off('exit', this.restore);
    const wasOpen = this.isOpen;
    this.restore();
    // The screen took its picture away with it: here it is for good, for reading on and scrolling back.
    if (wasOpen && this.last !== undefined) {
      for (const line of this.frame(this.last, this.last.view.torrents.length + 20)) this.terminal.line(line);
    }
  }

  private frame(picture: Picture, rows: number): readonly string[] {
    const { terminal } = this;
    return drawFrame(picture, {
      columns: terminal.columns,
      rows,
      style: (style, text) => terminal.style(style, text),
    });
  }
}

const tellEveryMs = 5_000;

class PlainShow implements Show {
  private readonly terminal: Terminal;
  private toldAtMs = 0;
  private hasBegun = false;

  constructor(terminal: Terminal) {
    this.terminal = terminal;
  }

  preparing(sentence: string): void {
    if (!this.hasBegun) this.terminal.line(sentence);
    this.hasBegun = true;
  }

  open(facts: readonly string[]): void {
    for (const line of [title, ...facts, '']) this.terminal.line(line);
  }

  logged(line: string): void {
    this.terminal.line(line);
  }

  update({ view, limitBytes, totalBytes, passes, elapsedMs }: Picture): void {
    if (elapsedMs - this.toldAtMs < tellEveryMs) return;
    this.toldAtMs = elapsedMs;
    const space = `${formatBytes(view.allocatedBytes)} of ${formatBytes(limitBytes)} allocated`;
    const there = `${formatBytes(arrivedBytes(view))} of ${formatBytes(totalBytes)} on the remote`;
    this.terminal.line(
      `-- ${formatDuration(elapsedMs)}, pass ${passes}: ${space}, ${there}; ${countStates(view.torrents)}`,
    );
  }

  close(): void {}
}
