/** `top`, the same as `status --watch`: a live screen until somebody quits. */

import { Fault } from '../../core/fault.ts';
import type { StatusReport } from '../../driver/report.ts';
import type { Context } from '../context.ts';
import type { ExitCode } from '../exit-codes.ts';
import { exitCodes } from '../exit-codes.ts';
import { untilSignalled } from '../signals.ts';
import type { Key } from '../screen/keys.ts';
import type { Picture } from '../screen/screen.ts';
import { drawScreen, helpPage } from '../screen/screen.ts';
import type { ScreenSource } from '../screen/source.ts';
import { screenSource } from '../screen/sources.ts';
import type { Signs } from '../screen/space-bar.ts';
import { asciiSigns, unicodeSigns } from '../screen/space-bar.ts';
import { Tty } from '../screen/tty.ts';
import type { View, Wish } from '../screen/view.ts';
import { firstView, pressed } from '../screen/view.ts';

/** Rejects with a `Fault` where not even the first look succeeds. */
export async function top(context: Context, environment: NodeJS.ProcessEnv): Promise<ExitCode> {
  if (!process.stdin.isTTY || !process.stdout.isTTY) {
    context.log.error(
      { detail: 'standard input and output are not both one', remedy: 'use status, or status --json' },
      'top needs a terminal',
    );
    return exitCodes.usage;
  }
  const source = screenSource(context);
  const signs = hasUnicode(environment) ? unicodeSigns : asciiSigns;
  const first = await source.report();
  const screen = new LiveScreen(source, first, signs, context.output.isStyled);
  return await screen.run();
}

/** By the locale, as every other program does: the first of these that is set decides (POSIX). */
export function hasUnicode(environment: NodeJS.ProcessEnv): boolean {
  const locale = [environment['LC_ALL'], environment['LC_CTYPE'], environment['LANG']].find(
    (value) => value !== undefined && value !== '',
  );
  return /utf-?8/i.test(locale ?? '');
}

class LiveScreen {
  private readonly source: ScreenSource;
  private readonly signs: Signs;
  private readonly tty: Tty;
  private readonly ended = new AbortController();
  private report: StatusReport;
  private view: View = firstView;
  private pageRows = 1;
  private wake: () => void = () => undefined;

  constructor(source: ScreenSource, first: StatusReport, signs: Signs, isStyled: boolean) {
    this.source = source;
    this.report = first;
    this.signs = signs;
    this.tty = new Tty(process.stdin, process.stdout, isStyled, {
      pressed: (keys) => {
        for (const key of keys) this.press(key);
        this.draw();
      },
      resized: () => {
        this.draw();
      },
    });
  }

  async run(): Promise<ExitCode> {
    const signals = untilSignalled({
      onFirst: () => {
        this.quit();
      },
    });
    this.tty.open();
    const clock = setInterval(() => {
      this.draw();
    }, 1000);
    try {
      this.draw();
      while (!this.ended.signal.aborted) await this.lookAgain();
      return signals.exitCode() ?? exitCodes.ok;
    } finally {
      clearInterval(clock);
      this.tty.close();
      signals.end();
    }
  }

  /** Waits, looks and draws; what cannot be seen now is said, and asked for again. */
  private async lookAgain(): Promise<void> {
    const startedAt = performance.now();
    try {
      this.report = await this.source.report();
    } catch (error) {
      this.say(error);
    }
    if (this.ended.signal.aborted) return;
    this.draw();
    await this.pause(this.source.pauseMs(performance.now() - startedAt));
  }

  private async pause(milliseconds: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  private draw(): void {
    const picture: Picture = drawScreen(
      this.report,
      this.view,
      helpPage,
      this.tty.size,
      this.signs,
      Date.now(),
    );
    this.view = picture.view;
    this.pageRows = picture.pageRows;
    this.tty.draw(picture.lines);
  }

  private press(key: Key): void {
    const { view, wish } = pressed(this.view, key, this.report, this.pageRows);
    this.view = view;
    if (wish !== undefined) this.grant(wish);
  }

  private grant(wish: Wish): void {
    switch (wish.kind) {
      case 'quit':
        this.quit();
        return;
      case 'suspend':
        this.tty.suspend();
        return;
      case 'redraw':
        this.tty.redraw();
        return;
      case 'command':
        void this.tell(wish.command);
    }
  }

  private async tell(command: Extract<Wish, { kind: 'command' }>['command']): Promise<void> {
    try {
      this.view = { ...this.view, message: await this.source.tell(command) };
    } catch (error) {
      this.say(error);
    }
    this.draw();
    this.wake();
  }

  /** Anything but a fault is a mistake of ours, and ends the program. */
  private say(error: unknown): void {
    if (!(error instanceof Fault)) throw error;
    const remedy = error.remedy === undefined ? '' : ` - ${error.remedy}`;
    this.view = { ...this.view, message: `${error.message}${remedy}` };
  }

  private quit(): void {
    this.ended.abort();
    this.wake();
  }
}
