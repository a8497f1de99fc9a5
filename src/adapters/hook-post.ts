/** A hook that is a server: it gets each piece of news by POST, as plain JSON or as a message of ntfy (docs.ntfy.sh/publish). */

import type { News, NewsKind } from '../core/news.ts';
import { Fault } from '../core/fault.ts';
import type { HookPort } from '../ports/hook.ts';
import { jsonOfNews } from './hook-news.ts';

const timeoutMs = 15_000;

export type PostFormat = 'json' | 'ntfy';

/** ntfy's short codes for the pictures before a title. */
const tags: Readonly<Record<NewsKind, string>> = {
  loaded: 'inbox_tray',
  completed: 'heavy_check_mark',
  shipped: 'truck',
  proved: 'mag',
  purged: 'broom',
  retired: 'tada',
  problem: 'warning',
};

/** What is sent, and where to; a name and password in the address become a header, which is where they belong. */
export interface Post {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export function postHook(address: string, format: PostFormat, limitMs = timeoutMs): HookPort {
  return {
    name: 'notify_url',
    async send(news: News, ended: AbortSignal): Promise<void> {
      const { url, headers, body } = postOf(new URL(address), format, news);
      let response: Response;
      try {
        const signal = AbortSignal.any([ended, AbortSignal.timeout(limitMs)]);
        response = await fetch(url, { method: 'POST', headers, body, redirect: 'error', signal });
        await response.body?.cancel();
      } catch (error) {
        const { cause, message, name } = error as Error;
        const why =
          name === 'TimeoutError'
            ? `no answer within ${limitMs / 1000} s`
            : cause instanceof Error
              ? cause.message
              : message;
        throw new Fault('unreachable', `notify_url does not take the news: ${why}`, 'check the address');
      }
      if (response.ok) return;
      throw new Fault(
        'refused',
        `notify_url answers with ${response.status}`,
        'check the address and what it asks for',
      );
    },
  };
}

export function postOf(address: URL, format: PostFormat, news: News): Post {
  const { username, password } = address;
  const url = new URL(address);
  url.username = '';
  url.password = '';
  const login = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  const headers = {
    'content-type': 'application/json',
    ...(username === '' && password === ''
      ? {}
      : { authorization: `Basic ${Buffer.from(login).toString('base64')}` }),
  };
  if (format === 'json') return { url: url.href, headers, body: jsonOfNews(news) };
  const parts = url.pathname.split('/').filter((part) => part !== '');
  const topic = decodeURIComponent(parts.pop() ?? '');
  url.pathname = `/${parts.join('/')}`;
  return { url: url.href, headers, body: JSON.stringify({ topic, ...messageOf(news) }) };
}

function messageOf({ kind, name, sentence, severity, remedy }: News): object {
  const isError = severity === 'error';
  return {
    title: kind === 'problem' ? 'rtorrent-low-space-driver needs you' : `${name ?? 'A torrent'}: ${kind}`,
    message: remedy === undefined ? sentence : `${sentence}\n→ ${remedy}`,
    priority: isError ? 4 : kind === 'problem' ? 3 : 2,
    tags: [isError ? 'rotating_light' : tags[kind]],
  };
}

/** ntfy's own host, and hosts that are called so. */
export function guessFormat(address: string): PostFormat {
  return /^ntfy\./i.test(new URL(address).hostname) ? 'ntfy' : 'json';
}
