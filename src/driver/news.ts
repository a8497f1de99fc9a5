/** Makes news of what the monitor is told: of events as they come, of torrents that got complete, of problems that are new. */

import { displayText } from '../core/bytes.ts';
import type { Infohash } from '../core/metainfo.ts';
import type { News } from '../core/news.ts';
import { newsKindsOf } from '../core/news.ts';
import type { Problem } from '../core/problems.ts';
import { problemsOf } from '../core/problems.ts';
import type { Moment, MonitorChange, NumberedEvent } from './monitor.ts';

export class Newsroom {
  /** Seen unfinished in rtorrent. */
  private readonly unfinished = new Set<Infohash>();
  /** Problems that were told, by their ids, until they are over. */
  private told: ReadonlySet<string> = new Set();

  /** What is new since the change before. A problem that was there before the first look is new as well. */
  newsOf(change: MonitorChange): readonly News[] {
    switch (change.kind) {
      case 'event':
        return newsOfEvent(change.event);
      case 'moment':
        return this.newsOfMoment(change.moment);
      case 'obstacle':
        return this.newsOfObstacle(change.problem);
    }
  }

  private newsOfObstacle({ id, kind, severity, sentence, remedy, sinceMs }: Problem): readonly News[] {
    if (this.told.has(id)) return [];
    this.told = new Set([...this.told, id]);
    return [{ kind: 'problem', problem: kind, atMs: sinceMs, sentence, severity, remedy }];
  }

  private newsOfMoment(moment: Moment): readonly News[] {
    return [...this.completions(moment), ...this.newProblems(moment)];
  }

  private completions({ snapshot }: Moment): readonly News[] {
    if (!snapshot.rtorrent.seen) return [];
    const { torrents } = snapshot.rtorrent.value;
    const news: News[] = [];
    for (const [infohash, { metainfo }] of snapshot.managed) {
      const isComplete = torrents.get(infohash)?.isComplete;
      if (isComplete === false) this.unfinished.add(infohash);
      if (isComplete !== true || !this.unfinished.delete(infohash)) continue;
      const name = displayText(metainfo.name);
      const sentence = `${name} is complete`;
      news.push({
        kind: 'completed',
        atMs: snapshot.takenAtMs,
        infohash,
        name,
        sentence,
        bytes: metainfo.totalBytes,
      });
    }
    for (const infohash of this.unfinished)
      if (!snapshot.managed.has(infohash)) this.unfinished.delete(infohash);
    return news;
  }

  private newProblems({ snapshot, plan }: Moment): readonly News[] {
    const all = problemsOf(snapshot, plan);
    const before = this.told;
    // What is gone for a while only, as the ledger has it, is not told again when it comes back.
    const lasting = [...before].filter((id) => snapshot.ledger.onsets.has(id));
    this.told = new Set([...lasting, ...all.map(({ id }) => id)]);
    return all
      .filter(({ id }) => !before.has(id))
      .map(({ kind: problem, infohashes, severity, sentence, remedy }) => {
        const infohash = infohashes.length === 1 ? infohashes[0] : undefined;
        const metainfo = infohash === undefined ? undefined : snapshot.managed.get(infohash)?.metainfo;
        return {
          kind: 'problem',
          problem,
          atMs: snapshot.takenAtMs,
          infohash,
          name: metainfo && displayText(metainfo.name),
          sentence,
          severity,
          remedy,
        };
      });
  }
}

function newsOfEvent(event: NumberedEvent): readonly News[] {
  if (event.outcome !== 'done' || event.name === undefined) return [];
  const { atMs, infohash, bytes, tookMs, detail } = event;
  const name = displayText(event.name);
  return newsKindsOf(event.kind, bytes).map((kind) => {
    const sentence = `${name} was ${kind}: ${detail}`;
    return { kind, atMs, infohash, name, sentence, bytes, tookMs };
  });
}
