/** What a person has to do something about, each with its fix. */

import type { VNode } from 'preact';
import { lastedText } from '../../core/onset.ts';
import type { Problem } from '../../core/problems.ts';
import { show } from './store.ts';

const mostShown = 8;

interface Properties {
  readonly problems: readonly Problem[];
  readonly nowMs: number;
}

export function Problems({ problems, nowMs }: Properties): VNode | null {
  if (problems.length === 0) return null;
  return (
    <section class="problems" aria-labelledby="problems-title">
      <h2 id="problems-title">
        {problems.length === 1 ? 'One thing needs you' : `${problems.length} things need you`}
      </h2>
      <ul>
        {problems.slice(0, mostShown).map((problem) => (
          <OneProblem key={problem.id} problem={problem} nowMs={nowMs} />
        ))}
      </ul>
      {problems.length > mostShown && <p class="muted">and {problems.length - mostShown} more</p>}
    </section>
  );
}

function OneProblem({ problem, nowMs }: { readonly problem: Problem; readonly nowMs: number }): VNode {
  const [infohash] = problem.infohashes;
  return (
    <li class={`problem ${problem.severity}`}>
      <span class="mark">{problem.severity === 'error' ? 'Error' : 'Warning'}</span>
      <div>
        <p>
          {problem.sentence}
          {lastedText(problem.sinceMs, nowMs)}
        </p>
        {problem.remedy !== undefined && <p class="remedy">{problem.remedy}</p>}
      </div>
      {infohash !== undefined && (
        <button
          type="button"
          class="quiet"
          aria-label={`Show the torrent of this problem: ${problem.sentence}`}
          onClick={() => show({ opened: infohash })}
        >
          Show
        </button>
      )}
    </li>
  );
}
