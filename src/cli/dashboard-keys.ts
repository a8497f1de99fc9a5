/** The configuration's keys of the dashboard and the hooks: who may look from where, and who is told. */

import * as v from 'valibot';
import type { PostFormat } from '../adapters/hook-post.ts';
import { guessFormat } from '../adapters/hook-post.ts';
import type { NewsKind } from '../core/news.ts';
import { newsKinds, parseNewsKinds } from '../core/news.ts';
import { isLoopback } from '../dashboard/guards.ts';

/** Short ones can be guessed. */
const leastTokenCharacters = 16;

const address = v.pipe(
  v.string(),
  v.transform((text) => (text === 'off' ? undefined : (parseAddress(text) ?? null))),
  v.check(
    (parsed) => parsed !== null,
    'is no address; write host:port, as 127.0.0.1:8080 or [::1]:8080, or off',
  ),
  v.transform((parsed) => parsed ?? undefined),
);

const kinds = v.pipe(
  v.string(),
  v.transform(parseNewsKinds),
  v.custom<readonly NewsKind[]>(
    (parsed) => parsed !== undefined,
    `is no list of events; write some of ${newsKinds.join(', ')}, or all`,
  ),
);

export const dashboardKeys = {
  dashboard: v.optional(address, 'off'),
  dashboard_token: v.optional(
    v.pipe(
      v.string(),
      v.check(
        (text) => text === '' || (/^[\x21-\x7e]+$/.test(text) && text.length >= leastTokenCharacters),
        `is too weak; write ${leastTokenCharacters} characters or more without spaces, as \`openssl rand -hex 16\` makes them`,
      ),
    ),
    '',
  ),
  on_event: v.optional(v.string(), ''),
  on_event_kinds: v.optional(kinds, 'all'),
  notify_url: v.optional(
    v.pipe(
      v.string(),
      v.check((text) => text === '' || isWebAddress(text), 'is no address; write https://host/path'),
    ),
    '',
  ),
  notify_format: v.optional(
    v.picklist(
      ['auto', 'json', 'ntfy'],
      'is not known; write json, ntfy, or auto (ntfy where the host is called ntfy.…)',
    ),
    'auto',
  ),
  notify_kinds: v.optional(kinds, 'completed, retired, problem'),
};

const schema = v.object(dashboardKeys);

type Values = v.InferOutput<typeof schema>;

export interface DashboardChoice {
  readonly host: string;
  readonly port: number;
  readonly token: string | undefined;
}

export interface HookChoice {
  readonly command: { readonly text: string; readonly kinds: readonly NewsKind[] } | undefined;
  readonly post:
    { readonly url: string; readonly format: PostFormat; readonly kinds: readonly NewsKind[] } | undefined;
}

/** Undefined where no port is to be opened. */
export function dashboardChoice({ dashboard, dashboard_token: token }: Values): DashboardChoice | undefined {
  return dashboard && { ...dashboard, token: token === '' ? undefined : token };
}

export function hookChoice(values: Values): HookChoice {
  const { on_event: command, notify_url: url, notify_format: format } = values;
  return {
    command: command === '' ? undefined : { text: command, kinds: values.on_event_kinds },
    post:
      url === ''
        ? undefined
        : { url, format: format === 'auto' ? guessFormat(url) : format, kinds: values.notify_kinds },
  };
}

/** What is wrong with keys together: whoever is not on this host is asked for a token. */
export function dashboardMistakes(
  values: Readonly<Record<string, string>>,
): readonly (readonly [key: string, complaint: string])[] {
  const parsed = parseAddress(values['dashboard'] ?? 'off');
  if (parsed === undefined || isLoopback(parsed.host) || (values['dashboard_token'] ?? '') !== '') return [];
  return [
    [
      'dashboard',
      'can be reached from other hosts; add a line dashboard_token = … (`openssl rand -hex 16` makes one), or write 127.0.0.1 and come through ssh -L',
    ],
  ];
}

function parseAddress(text: string): { readonly host: string; readonly port: number } | undefined {
  const match = /^(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9.-]+):(\d{1,5})$/.exec(text);
  const port = Number(match?.[2]);
  if (match?.[1] === undefined || port < 1 || port > 65_535) return undefined;
  return { host: match[1].replace(/^\[|\]$/g, ''), port };
}

function isWebAddress(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}
