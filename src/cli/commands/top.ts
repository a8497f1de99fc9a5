/** `top`, the same as `status --watch`: a live screen until somebody quits. */

import { Fault } from '../../core/fault.ts';
import type { Infohash } from '../../core/metainfo.ts';
import type { Context } from '../context.ts';
import type { ExitCode } from '../exit-codes.ts';
import { exitCodes } from '../exit-codes.ts';
import { untilSignalled } from '../signals.ts';
import type { Key } from '../screen/keys.ts';
import type { Picture } from '../screen/screen.ts';
import { drawScreen, helpPage, whyPage } from '../screen/screen.ts';
import type { ScreenSource } from '../screen/source.ts';
import { screenSource } from '../screen/sources.ts';
import type { Signs } from '../screen/space-bar.ts';
import { asciiSigns, unicodeSigns } from '../screen/space-bar.ts';
import { Tty } from '../screen/tty.ts';
import type { View, Wish } from '../screen/view.ts';
import { firstView, pressed } from '../screen/view.ts';
import type { Sighting } from './present.ts';
import { currentSighting } from './present.ts';

/** Rejects with a `Fault` where not even the first look succeeds. */
export async function top(context: Context, environment: NodeJS.ProcessEnv): Promise<ExitCode> {
  const detail = whatIsMissing(context);
  if (detail !== undefined) {
    context.log.error('top needs a terminal', { detail, remedy: 'use status, or status --json' });
    return exitCodes.usage;
  }
  const signs = hasUnicode(environment) ? unicodeSigns : asciiSigns;
  const first = await currentSighting(context);
  const screen = new LiveScreen(screenSource(context), first, signs, context.output.isStyled);
  return await screen.run();
}

/** What keeps from drawing, and from hearing keys. */
function whatIsMissing({ output }: Context): string | undefined {
  if (!process.stdin.isTTY || !process.stdout.isTTY) return 'standard input and output are not both one';
  return output.isDumb ? 'TERM is dumb: this one prints lines and no more' : undefined;
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
  private sighting: Sighting;
  private view: View = firstView;
  private pageRows = 1;
  /** The message says what kept from seeing, and goes with the next sight. */
  private isBlind = false;
  /** Of the torrent whose reasons are shown. */
  private reasons: readonly string[] = [];

  constructor(source: ScreenSource, first: Sighting, signs: Signs, isStyled: boolean) {
    this.source = source;
    this.sighting = first;
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
      await this.source.watch(
        this.sighting,
        {
          seen: (sighting) => {
            this.see(sighting);
          },
          missed: (fault) => {
            this.isBlind = true;
            this.say(fault);
            this.draw();
          },
        },
        this.ended.signal,
      );
      return signals.exitCode() ?? exitCodes.ok;
    } finally {
      clearInterval(clock);
      this.tty.close();
      signals.end();
    }
  }

  /** Rows that did not change are the same objects: then the reasons are the same as well. */
  private see(sighting: Sighting): void {
    const { page, chosen } = this.view;
    const rowIn = ({ report }: Sighting): unknown =>
      report.torrents.find(({ infohash }) => infohash === chosen);
    const isOther = page === 'why' && rowIn(sighting) !== rowIn(this.sighting);
    this.sighting = sighting;
    if (this.isBlind) this.view = { ...this.view, message: undefined };
    this.isBlind = false;
    if (isOther && chosen !== undefined) void this.explain(chosen);
    this.draw();
  }

  private draw(): void {
    const picture: Picture = drawScreen(
      this.sighting.report,
      this.view,
      this.view.page === 'why' ? this.reasons : helpPage,
      this.tty.size,
      this.signs,
      Date.now(),
    );
    this.view = picture.view;
    this.pageRows = picture.pageRows;
    this.tty.draw(picture.lines);
  }

  private press(key: Key): void {
    const { view, wish } = pressed(this.view, key, this.sighting.report, this.pageRows);
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
      case 'why':
        this.reasons = [];
        void this.explain(wish.infohash);
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
  }

  /** Fills the page of that torrent, if it is still open by then. */
  private async explain(infohash: Infohash): Promise<void> {
    const { sighting } = this;
    const name = sighting.report.torrents.find((row) => row.infohash === infohash)?.name;
    let reasons: readonly string[] = ['It is not managed any more: the command history tells what was done.'];
    try {
      const why = await sighting.why(infohash);
      if (why !== undefined && name !== undefined) reasons = whyPage(name, why);
    } catch (error) {
      reasons = [sentenceOf(error)];
    }
    if (this.view.page !== 'why' || this.view.chosen !== infohash) return;
    this.reasons = reasons;
    this.draw();
  }

  private say(error: unknown): void {
    this.view = { ...this.view, message: sentenceOf(error) };
  }

  private quit(): void {
    this.ended.abort();
  }
}

/** Anything but a fault is a mistake of ours, and ends the program. */
function sentenceOf(error: unknown): string {
  if (!(error instanceof Fault)) throw error;
  return error.remedy === undefined ? error.message : `${error.message} - ${error.remedy}`;
}
