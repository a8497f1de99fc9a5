/** The page as a whole: head, glance, problems, queue with a story beside it, history. */

import type { VNode } from 'preact';
import { useEffect } from 'preact/hooks';
import { formatDuration } from '../../core/units.ts';
import type { StatusReport } from '../../driver/report.ts';
import { ActivityList } from './activity.tsx';
import type { ConnectionState } from './connection.ts';
import { Overview } from './overview.tsx';
import { Problems } from './problems.tsx';
import { Queue } from './queue.tsx';
import { command, show, useStore } from './store.ts';
import { Story } from './story.tsx';
import { TokenForm } from './token-form.tsx';

const connectionWords: Readonly<Record<ConnectionState, string>> = {
  connecting: 'connecting',
  live: 'live',
  lost: 'not connected; trying again',
  locked: 'locked',
};

export function App(): VNode {
  const state = useStore();
  const { report, connection, opened } = state;
  useEffect(() => {
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, []);
  return (
    <>
      <a class="skip" href="#queue-title">
        Skip to the queue
      </a>
      <Head report={report} connection={connection} />
      <main class={opened === undefined ? '' : 'with-story'}>
        {connection === 'locked' && <TokenForm />}
        {report === undefined && connection !== 'locked' && (
          <p class="empty">{connection === 'lost' ? 'The driver does not answer.' : 'Looking…'}</p>
        )}
        {report !== undefined && (
          <>
            <Overview report={report} samples={state.samples} />
            <Problems problems={report.problems} nowMs={report.takenAtMs} />
            <div class="work">
              <Queue rows={report.torrents} group={state.group} search={state.search} opened={opened} />
              {opened !== undefined && (
                <Story
                  key={opened}
                  infohash={opened}
                  row={report.torrents.find(({ infohash }) => infohash === opened)}
                  nowMs={report.takenAtMs}
                />
              )}
            </div>
            <ActivityList history={state.history} events={report.events} nowMs={report.takenAtMs} />
          </>
        )}
      </main>
      <div class="said" role="status" aria-live="polite">
        {state.said !== undefined && (
          <p class={state.said.isDone ? 'done' : 'failed'}>{state.said.sentence}</p>
        )}
      </div>
    </>
  );
}

function Head({
  report,
  connection,
}: {
  readonly report: StatusReport | undefined;
  readonly connection: ConnectionState;
}): VNode {
  return (
    <header>
      <h1>
        rtorrent-low-space-driver
        {report !== undefined && (
          <span class="route">
            {report.driver.managedDirectory} <span aria-label="to">→</span> {report.driver.remote}
          </span>
        )}
      </h1>
      <p class={`connection ${connection}`} role="status">
        <span class="dot" aria-hidden="true" /> {connectionWords[connection]}
      </p>
      {report !== undefined && (
        <p class="versions muted">
          {report.driver.version}
          {report.driver.sinceMs !== undefined &&
            `, up ${formatDuration(report.takenAtMs - report.driver.sinceMs)}`}
          {report.rtorrent.version !== undefined && `, rtorrent ${report.rtorrent.version}`}
        </p>
      )}
      {report !== undefined && (
        <button
          type="button"
          onClick={() => void command({ kind: report.isAllPaused ? 'resume' : 'pause', infohash: undefined })}
        >
          {report.isAllPaused ? 'Resume all' : 'Pause all'}
        </button>
      )}
    </header>
  );
}

/** `/` goes to the search, Escape closes the story. */
function onKey(event: KeyboardEvent): void {
  const isTyping = event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement;
  if (event.key === 'Escape') show({ opened: undefined });
  if (event.key !== '/' || isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  document.getElementById('search')?.focus();
}
