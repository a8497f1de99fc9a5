/** What happened, newest first: what was done, and what went wrong. */

import type { VNode } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import type { ReportedEvent } from '../../driver/report.ts';
import type { HistoryEntry } from '../wire.ts';
import { activityOf } from './model.ts';
import { show } from './store.ts';
import { clockTime, fullTime } from './words.ts';

const firstShown = 12;

interface Properties {
  readonly history: readonly HistoryEntry[];
  readonly events: readonly ReportedEvent[];
  readonly nowMs: number;
}

export function ActivityList({ history, events, nowMs }: Properties): VNode {
  const all = useMemo(() => activityOf(history, events), [history, events]);
  const [isAll, setIsAll] = useState(false);
  const shown = isAll ? all : all.slice(0, firstShown);
  return (
    <section class="activity" aria-labelledby="activity-title">
      <h2 id="activity-title">History</h2>
      {all.length === 0 && <p class="empty">Nothing has been done yet.</p>}
      <ul>
        {shown.map(({ key, atMs, word, tone, name, infohash, detail }) => (
          <li key={key} class={tone}>
            <time title={fullTime(atMs)}>{clockTime(atMs, nowMs)}</time>
            <span class="kind">{word}</span>
            {name !== undefined && infohash !== undefined ? (
              <button type="button" class="link" onClick={() => show({ opened: infohash })}>
                {name}
              </button>
            ) : (
              <span />
            )}
            <span class="detail">{detail}</span>
          </li>
        ))}
      </ul>
      {all.length > firstShown && (
        <button type="button" class="quiet" aria-expanded={isAll} onClick={() => setIsAll(!isAll)}>
          {isAll ? 'Show less' : `Show all ${all.length}`}
        </button>
      )}
    </section>
  );
}
