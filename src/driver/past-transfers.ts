/** Transfers that the ledger remembers: how fast the line to the remote was, before anything is sent by this process. */

import type { PastTransfer } from '../core/link-rates.ts';
import type { HistoryEvent } from '../ports/ledger.ts';

/** Of so many events of the history: transfers are about a fifth of them. */
export const historyThatTells = 200;

/** In the order of the history, which is the newest first. */
export function transfersIn(history: readonly HistoryEvent[]): readonly PastTransfer[] {
  return history.filter(({ action }) => action === 'ship');
}
