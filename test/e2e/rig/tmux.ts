/** A terminal to look at: tmux with a server of its own, without anybody's configuration. */

import { execFileSync } from 'node:child_process';
import { until } from './until.ts';

const limitMs = 60_000;

export interface Tmux {
  /** What is on the screen, a line a row, without blanks at the ends. */
  lines(): readonly string[];
  /** The same with the sequences that give it its colours. */
  styledLines(): readonly string[];
  /** Keys as tmux names them: `q`, `Down`, `C-c`. */
  press(...keys: readonly string[]): void;
  type(line: string): void;
  resize(columns: number, rows: number): void;
  /** A format of tmux, as `#{alternate_on}`. */
  ask(format: string): string;
  /** Waits until the screen shows it. */
  untilShown(pattern: RegExp): Promise<void>;
  stop(): void;
}

/** Starts `sh` on a screen of that size. */
export function startTmux(
  socketPath: string,
  environment: Readonly<Record<string, string>>,
  columns: number,
  rows: number,
): Tmux {
  const tmux = (...words: readonly string[]): string =>
    execFileSync('tmux', ['-u', '-S', socketPath, '-f', '/dev/null', ...words], {
      env: { ...environment, TERM: 'screen-256color' },
      encoding: 'utf8',
      timeout: 30_000,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  tmux('new-session', '-d', '-x', String(columns), '-y', String(rows), "PS1='$ ' exec sh -i");
  const lines = (): readonly string[] =>
    tmux('capture-pane', '-p')
      .replace(/\n$/, '')
      .split('\n')
      .map((line) => line.trimEnd());
  return {
    lines,
    styledLines: () => tmux('capture-pane', '-p', '-e').split('\n'),
    press: (...keys) => void tmux('send-keys', ...keys),
    type: (line) => void tmux('send-keys', line, 'Enter'),
    resize: (width, height) => void tmux('resize-window', '-x', String(width), '-y', String(height)),
    ask: (format) => tmux('display-message', '-p', format).trim(),
    untilShown: async (pattern) => {
      const shows = (): boolean => pattern.test(lines().join('\n'));
      await until(`the screen shows ${String(pattern)}`, shows, limitMs, () => lines().join('\n'));
    },
    stop: () => {
      try {
        tmux('kill-server');
      } catch {
        // It ended with its last shell.
      }
    },
  };
}
