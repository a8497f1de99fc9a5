/** `history`: what was loaded, shipped, proved and deleted, and when. Reads the ledger alone. */

import { localTime } from '../../adapters/local-time.ts';
import { displayText } from '../../core/bytes.ts';
import { isSending, wordOfAction } from '../../core/done-words.ts';
import { formatBytes, formatDuration, formatRate } from '../../core/units.ts';
import type { HistoryEvent } from '../../ports/ledger.ts';
import type { Context } from '../context.ts';
import type { ExitCode } from '../exit-codes.ts';
import { exitCodes } from '../exit-codes.ts';
import { renderTable } from '../report/table.ts';
import { openLedger } from '../wiring.ts';

const columns = [
  { title: 'WHEN', align: 'left' },
  { title: 'WHAT', align: 'left' },
  { title: 'NAME', align: 'left', shrinksTo: 20 },
  { title: 'FILES', align: 'right' },
  { title: 'SIZE', align: 'right' },
  { title: 'TOOK', align: 'right' },
  { title: 'HOW', align: 'left' },
] as const;

export async function showHistory(context: Context, most: number): Promise<ExitCode> {
  const { configuration, places, output } = context;
  const ledger = openLedger(configuration, places, true);
  try {
    const events = ledger.history(most).toReversed();
    if (context.isJson) output.line(JSON.stringify({ events: events.map(jsonOf) }, undefined, 2));
    else if (events.length === 0) output.line('Nothing has been done yet.');
    else for (const line of renderTable(columns, events.map(cellsOf), output.columns)) output.line(line);
    return exitCodes.ok;
  } finally {
    await ledger.close();
  }
}

function cellsOf(event: HistoryEvent): readonly string[] {
  return [
    localTime(event.atMs),
    wordOfAction(event.action, 'done'),
    displayText(event.name),
    String(event.files),
    formatBytes(event.bytes),
    formatDuration(event.tookMs),
    isSending(event.action) ? formatRate((event.bytes / Math.max(1, event.tookMs)) * 1000) : event.detail,
  ];
}

function jsonOf({ atMs, name, ...rest }: HistoryEvent): unknown {
  return { at: new Date(atMs).toISOString(), name: displayText(name), ...rest };
}
