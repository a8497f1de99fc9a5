/** The page's state, in one place: what the driver told, and what the person chose to see. */

import { useLayoutEffect, useState } from 'preact/hooks';
import type { Infohash } from '../../core/metainfo.ts';
import type { Command } from '../../driver/commands.ts';
import type { Sample } from '../../driver/monitor.ts';
import type { StatusReport } from '../../driver/report.ts';
import { reportAfter } from '../difference.ts';
import type { HistoryEntry, StreamMessage } from '../wire.ts';
import type { ConnectionState } from './connection.ts';
import { askHistory, keepToken, tell, watch } from './connection.ts';
import type { GroupKey } from './model.ts';
import { withLatest } from './model.ts';

export interface State {
  readonly connection: ConnectionState;
  readonly report: StatusReport | undefined;
  readonly samples: readonly Sample[];
  readonly history: readonly HistoryEntry[];
  readonly group: GroupKey;
  readonly search: string;
  /** The torrent whose story is open. */
  readonly opened: Infohash | undefined;
  /** What became of the last command. */
  readonly said: { readonly isDone: boolean; readonly sentence: string } | undefined;
}

let state: State = {
  connection: 'connecting',
  report: undefined,
  samples: [],
  history: [],
  group: 'all',
  search: '',
  opened: undefined,
  said: undefined,
};
const listeners = new Set<() => void>();
let unlock: () => void = () => undefined;
let historyTimer: number | undefined;
let saidTimer: number | undefined;

/** The state as it is; the component that asks is drawn anew when it changes. */
export function useStore(): State {
  const [, redraw] = useState(0);
  useLayoutEffect(() => {
    const listener = (): void => redraw((count) => count + 1);
    listeners.add(listener);
    // What came between the drawing and now.
    listener();
    return () => {
      listeners.delete(listener);
    };
  }, []);
  return state;
}

export function show(part: Partial<Pick<State, 'group' | 'search' | 'opened'>>): void {
  change(part);
}

export async function command(order: Command): Promise<void> {
  const said = await tell(order);
  change({ said });
  clearTimeout(saidTimer);
  saidTimer = setTimeout(() => change({ said: undefined }), 8000);
}

export function giveToken(token: string): void {
  keepToken(token);
  unlock();
}

/** Connects, for as long as the page is open. */
export function start(): void {
  void watch(
    receive,
    (connection) => {
      if (connection !== state.connection) change({ connection });
    },
    () => new Promise((resolve) => (unlock = resolve)),
  );
}

function receive(message: StreamMessage): void {
  const report = reportAfter(state.report, message);
  if (report === undefined) return;
  const known = message.kind === 'report' ? message.samples : state.samples;
  change({ report, samples: withLatest(known, report) });
  if (message.kind !== 'change') askForHistory();
}

/** Soon, and once for all that happens until then. */
function askForHistory(): void {
  historyTimer ??= setTimeout(() => {
    historyTimer = undefined;
    void askHistory().then((history) => change({ history }));
  }, 300);
}

function change(part: Partial<State>): void {
  state = { ...state, ...part };
  for (const listener of [...listeners]) listener();
}
