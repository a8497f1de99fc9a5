/** One torrent's story, beside the queue: its steps, what can be done about it, its files with their receipts, its history. */

import type { VNode } from 'preact';
import { Fragment } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { wordOfAction } from '../../core/done-words.ts';
import type { Infohash } from '../../core/metainfo.ts';
import { lastedText } from '../../core/onset.ts';
import { priorities } from '../../core/priority.ts';
import { formatBytes, formatDuration } from '../../core/units.ts';
import type { Why } from '../../core/why.ts';
import type { StatusRow } from '../../driver/status.ts';
import type { Story as StoryData, StoryFile } from '../wire.ts';
import { askStory } from './connection.ts';
import { Progress } from './queue-row.tsx';
import { command, show } from './store.ts';
import { chapterWord, clockTime, etaText, fullTime, percentText } from './words.ts';

interface Properties {
  readonly infohash: Infohash;
  /** As the queue has it now; undefined once it is retired. */
  readonly row: StatusRow | undefined;
  readonly nowMs: number;
}

export function Story({ infohash, row, nowMs }: Properties): VNode {
  const [story, setStory] = useState<StoryData | 'unknown' | undefined>(undefined);
  const closer = useRef<HTMLButtonElement>(null);
  const mark =
    row === undefined ? 'gone' : `${row.state} ${Math.floor(row.progress * 100)} ${row.action ?? ''}`;
  useEffect(() => {
    let isCurrent = true;
    void askStory(infohash).then((told) => {
      if (isCurrent) setStory(told ?? 'unknown');
    });
    return () => {
      isCurrent = false;
    };
  }, [infohash, mark]);
  // With the drawing itself: keys that are pressed right after it, and screen readers, find the focus where it belongs.
  useLayoutEffect(() => {
    const before = document.activeElement;
    closer.current?.focus();
    return () => {
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  const told = typeof story === 'object' && story.infohash === infohash ? story : undefined;
  return (
    <aside class="story" aria-labelledby="story-title">
      <div class="story-head">
        <h2 id="story-title">{row?.name ?? told?.name ?? infohash}</h2>
        <button
          ref={closer}
          type="button"
          class="quiet"
          aria-keyshortcuts="Escape"
          onClick={() => show({ opened: undefined })}
        >
          Close
        </button>
      </div>
      {row !== undefined && <Now row={row} />}
      {row !== undefined && <Actions row={row} />}
      {story === 'unknown' && <p class="muted">Nothing is known of this torrent.</p>}
      {told !== undefined && <Told story={told} nowMs={nowMs} />}
    </aside>
  );
}

function Now({ row }: { readonly row: StatusRow }): VNode {
  return (
    <div class="now">
      <p class="now-state">
        <span class={`dot ${row.state}`} aria-hidden="true" /> {row.state}, {percentText(row.progress)} of{' '}
        {formatBytes(row.sizeBytes)}
        {row.etaMs !== undefined && `, on the remote in ${etaText(row)}`}
      </p>
      <Progress row={row} />
      <p class="muted">{row.next}</p>
    </div>
  );
}

function Actions({ row: { infohash, isPaused, priority, state } }: { readonly row: StatusRow }): VNode {
  return (
    <div class="actions" role="group" aria-label="What to do about it">
      <button type="button" onClick={() => void command({ kind: isPaused ? 'resume' : 'pause', infohash })}>
        {isPaused ? 'Resume' : 'Pause'}
      </button>
      <button
        type="button"
        disabled={state !== 'failing'}
        onClick={() => void command({ kind: 'retry', infohash })}
      >
        Try again now
      </button>
      <label class="priority">
        Priority
        <select
          value={priority}
          onChange={(event) => {
            const chosen = priorities.find((one) => one === event.currentTarget.value);
            if (chosen !== undefined) void command({ kind: 'priority', infohash, priority: chosen });
          }}
        >
          {priorities.map((one) => (
            <option key={one} value={one}>
              {one}
            </option>
          ))}
        </select>
      </label>
    </div>
  );
}

function Told({ story, nowMs }: { readonly story: StoryData; readonly nowMs: number }): VNode {
  const current = story.chapters.find(({ state }) => state === 'current')?.kind;
  return (
    <>
      {story.problems.map((problem) => (
        <p key={problem.id} class={`notice ${problem.severity}`}>
          {problem.sentence}
          {lastedText(problem.sinceMs, nowMs)}
          {problem.remedy !== undefined && ` — ${problem.remedy}`}
        </p>
      ))}
      <h3>Its way</h3>
      <ol class="chapters">
        {story.chapters.map(({ kind, state, atMs, detail }) => (
          <li key={kind} class={state} aria-current={kind === current ? 'step' : undefined}>
            <span class="chapter">{chapterWord({ kind, state })}</span>
            <span class="muted">{detail}</span>
            <time class="muted" title={atMs === undefined ? undefined : fullTime(atMs)}>
              {atMs === undefined ? '' : clockTime(atMs, nowMs)}
            </time>
          </li>
        ))}
      </ol>
      <h3>
        Files <span class="count">{story.fileCount}</span>
      </h3>
      <ul class="files">
        {story.files.map((file) => (
          <OneFile key={file.path} file={file} />
        ))}
      </ul>
      {story.fileCount > story.files.length && (
        <p class="muted">and {story.fileCount - story.files.length} more</p>
      )}
      {story.history.length > 0 && <Past story={story} nowMs={nowMs} />}
      {story.why !== undefined && <Facts why={story.why} />}
    </>
  );
}

function OneFile({ file: { path, lengthBytes, receipt } }: { readonly file: StoryFile }): VNode {
  if (receipt === undefined) {
    return (
      <li>
        <span class="path">{path}</span> <span class="muted">{formatBytes(lengthBytes)}</span>
      </li>
    );
  }
  const how = receipt.method === 'checksum' ? `MD5 ${receipt.digest ?? ''}` : 'names and sizes';
  return (
    <li>
      <details>
        <summary>
          <span class="path">{path}</span> <span class="proof">proved</span>{' '}
          <span class="muted">{formatBytes(lengthBytes)}</span>
        </summary>
        <p class="receipt">
          Seen whole on the remote at {fullTime(receipt.provedAtMs)} as <code>{receipt.remotePath}</code>,
          compared by {how}
        </p>
      </details>
    </li>
  );
}

/** What led to where it is. */
function Facts({ why }: { readonly why: Why }): VNode {
  return (
    <>
      <h3>Why</h3>
      <dl class="facts">
        {why.facts.map(({ about, detail }, index) => (
          <Fragment key={index}>
            <dt>{about}</dt>
            <dd>{detail}</dd>
          </Fragment>
        ))}
      </dl>
    </>
  );
}

function Past({ story, nowMs }: { readonly story: StoryData; readonly nowMs: number }): VNode {
  return (
    <>
      <h3>What was done</h3>
      <ul class="past">
        {story.history.slice(0, 50).map((entry, index) => (
          <li key={story.history.length - index}>
            <time class="muted" title={fullTime(entry.atMs)}>
              {clockTime(entry.atMs, nowMs)}
            </time>
            <span>{wordOfAction(entry.action, 'done')}</span>
            <span class="muted">
              {entry.detail}, {formatDuration(entry.tookMs)}
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}
