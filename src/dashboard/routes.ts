/** The routes of the HTTP API: what each path answers, in one table. */

import type { Outcome } from '../core/action.ts';
import type { Infohash } from '../core/metainfo.ts';
import { parseInfohash } from '../core/metainfo.ts';
import type { Policy } from '../core/policy.ts';
import type { ReceiptRecord } from '../core/prove.ts';
import type { Command } from '../driver/commands.ts';
import type { Monitor } from '../driver/monitor.ts';
import { planReportOf } from '../driver/plan-report.ts';
import type { DriverState } from '../driver/report.ts';
import { parseCommand } from './command-request.ts';
import type { Feed } from './feed.ts';
import type { RouteRules } from './guards.ts';
import type { Counters } from './metrics.ts';
import { renderMetrics } from './metrics.ts';
import openApi from './openapi.json' with { type: 'json' };
import { storyOf } from './story.ts';
import type { HistoryEntry, Refusal } from './wire.ts';

/** All that the dashboard is handed of the driver. */
export interface DashboardWorld {
  readonly monitor: Monitor;
  readonly driver: DriverState;
  readonly policy: () => Policy;
  /** Newest first; of one torrent where one is named. Throws a `Fault`. */
  history(most: number, infohash: Infohash | undefined): readonly HistoryEntry[];
  /** In the order of the files. Throws a `Fault`. */
  receiptsOf(infohash: Infohash): readonly ReceiptRecord[];
  /** Carries a command out and nudges the driver. Rejects with a `Fault` alone. */
  carryOut(command: Command): Promise<Outcome>;
}

export interface Inquiry {
  readonly query: URLSearchParams;
  readonly body: string;
  /** What the path names, as the route's pattern has it. */
  readonly named: string;
}

export interface Backstage {
  readonly world: DashboardWorld;
  readonly feed: Feed;
  readonly counters: Counters;
}

export type Answer =
  | { readonly kind: 'text'; readonly status: number; readonly type: string; readonly text: string }
  /** The connection stays open, and the feed writes to it. */
  | { readonly kind: 'stream' };

export interface Route {
  readonly path: RegExp;
  readonly rules: RouteRules;
  readonly answer: (inquiry: Inquiry, backstage: Backstage) => Answer | Promise<Answer>;
}

const reading = { methods: ['GET', 'HEAD'], isPrivate: true } as const;

const defaultHistory = 200;
const mostHistory = 2000;

export const routes: readonly Route[] = [
  {
    path: /^\/api\/v1\/status$/,
    rules: reading,
    answer: tellStatus,
  },
  {
    path: /^\/api\/v1\/plan$/,
    rules: reading,
    answer: tellPlan,
  },
  { path: /^\/api\/v1\/torrents\/([^/]+)$/, rules: reading, answer: tellStory },
  { path: /^\/api\/v1\/history$/, rules: reading, answer: tellHistory },
  {
    path: /^\/api\/v1\/samples$/,
    rules: reading,
    answer: tellSamples,
  },
  {
    path: /^\/api\/v1\/events$/,
    rules: { ...reading, methods: ['GET'] },
    answer: () => ({ kind: 'stream' }),
  },
  { path: /^\/api\/v1\/commands$/, rules: { methods: ['POST'], isPrivate: true }, answer: obey },
  {
    path: /^\/metrics$/,
    rules: reading,
    answer: tellMetrics,
  },
  { path: /^\/openapi\.json$/, rules: { ...reading, isPrivate: false }, answer: () => json(200, openApi) },
];

function tellStatus(_: Inquiry, { world, feed }: Backstage): Answer {
  const look = feed.look();
  return look === undefined ? notYet(world) : json(200, look.report);
}

function tellPlan(_: Inquiry, { world, feed }: Backstage): Answer {
  const look = feed.look();
  return look === undefined ? notYet(world) : json(200, planReportOf(look, look.eta));
}

function tellSamples(_: Inquiry, { world: { monitor } }: Backstage): Answer {
  return json(200, { samples: monitor.samples() });
}

function tellMetrics(_: Inquiry, { world: { monitor }, feed, counters }: Backstage): Answer {
  const type = 'text/plain; version=0.0.4; charset=utf-8';
  const text = renderMetrics(feed.look()?.report, monitor.obstacle(), counters);
  return { kind: 'text', status: 200, type, text };
}

function tellStory({ named }: Inquiry, { world, feed }: Backstage): Answer {
  const infohash = parseInfohash(named);
  if (infohash === undefined) return refuse(400, 'an infohash is 40 hexadecimal digits');
  const story = storyOf({
    infohash,
    look: feed.look(),
    policy: world.policy(),
    history: world.history(mostHistory, infohash),
    receipts: world.receiptsOf(infohash),
  });
  return story === undefined
    ? refuse(404, `no torrent has the infohash ${infohash}`, 'status names all there are')
    : json(200, story);
}

function tellHistory({ query }: Inquiry, { world }: Backstage): Answer {
  const limit = Number(query.get('limit') ?? defaultHistory);
  if (!Number.isSafeInteger(limit) || limit < 1 || limit > mostHistory) {
    return refuse(400, `limit is a whole number from 1 to ${mostHistory}`);
  }
  return json(200, { events: world.history(limit, undefined) });
}

async function obey({ body }: Inquiry, { world }: Backstage): Promise<Answer> {
  const command = parseCommand(body);
  if (typeof command === 'string') return refuse(400, command);
  const outcome = await world.carryOut(command);
  return outcome.kind === 'failed' ? refuse(422, outcome.message, outcome.remedy) : json(200, outcome);
}

function notYet({ monitor }: DashboardWorld): Answer {
  const obstacle = monitor.obstacle();
  return obstacle === undefined
    ? refuse(503, 'the driver has not looked yet', 'ask again in a moment')
    : refuse(503, obstacle.sentence, obstacle.remedy);
}

function json(status: number, value: unknown): Answer {
  return { kind: 'text', status, type: 'application/json; charset=utf-8', text: JSON.stringify(value) };
}

export function refuse(status: number, message: string, remedy?: string): Answer {
  const refusal: Refusal = { error: { message, remedy } };
  return json(status, refusal);
}
