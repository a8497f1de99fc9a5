/** The page's line to the driver: questions, commands, and the stream of events, which is taken up again when it breaks. */

import type { Infohash } from '../../core/metainfo.ts';
import type { Command } from '../../driver/commands.ts';
import { messageReader } from '../message-reader.ts';
import type { HistoryEntry, Refusal, Story, StreamMessage } from '../wire.ts';

export type ConnectionState = 'connecting' | 'live' | 'lost' | 'locked';

const firstRestMs = 1000;
const longestRestMs = 15_000;
const tokenKey = 'dashboard-token';

/** The token comes in the address once (`#token=…`), or by the form; it stays until the tab is closed. */
export function takeTokenFromAddress(): void {
  const token = /^#token=(\S+)$/.exec(location.hash)?.[1];
  if (token === undefined) return;
  keepToken(decodeURIComponent(token));
  history.replaceState(null, '', location.pathname);
}

export function keepToken(token: string): void {
  sessionStorage.setItem(tokenKey, token);
}

function knownToken(): string | null {
  return sessionStorage.getItem(tokenKey);
}

/** Watches for as long as the page is open. `untilToken` resolves when the person has given one. */
export async function watch(
  onMessage: (message: StreamMessage) => void,
  onState: (state: ConnectionState) => void,
  untilToken: () => Promise<void>,
): Promise<never> {
  let restMs = firstRestMs;
  for (;;) {
    const token = knownToken();
    const end = await stream((message) => {
      restMs = firstRestMs;
      onState('live');
      onMessage(message);
    }, onState);
    if (end === 'locked') {
      onState('locked');
      // Another one may have been given while this one was tried.
      if (knownToken() === token) await untilToken();
      continue;
    }
    onState('lost');
    await rest(restMs);
    restMs = Math.min(longestRestMs, restMs * 2);
  }
}

async function stream(
  onMessage: (message: StreamMessage) => void,
  onState: (state: ConnectionState) => void,
): Promise<'locked' | 'ended'> {
  try {
    const response = await fetch('api/v1/events', { headers: headers() });
    if (response.status === 401) return 'locked';
    if (!response.ok || response.body === null) return 'ended';
    onState('live');
    const read = messageReader(onMessage);
    const decoder = new TextDecoder();
    const reader = response.body.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return 'ended';
      read(decoder.decode(value, { stream: true }));
    }
  } catch {
    return 'ended';
  }
}

/** Undefined where it cannot be had now. */
export async function askStory(infohash: Infohash): Promise<Story | undefined> {
  return (await ask(`api/v1/torrents/${infohash}`)) as Story | undefined;
}

export async function askHistory(): Promise<readonly HistoryEntry[]> {
  const answer = await ask('api/v1/history?limit=500');
  return (answer as { readonly events: readonly HistoryEntry[] } | undefined)?.events ?? [];
}

/** Answers with what to tell the person. */
export async function tell(
  command: Command,
): Promise<{ readonly isDone: boolean; readonly sentence: string }> {
  try {
    const response = await fetch('api/v1/commands', {
      method: 'POST',
      headers: { ...headers(), 'content-type': 'application/json' },
      body: JSON.stringify(command),
    });
    const answer: unknown = await response.json();
    if (response.ok) return { isDone: true, sentence: (answer as { readonly detail: string }).detail };
    const { message, remedy } = (answer as Refusal).error;
    return { isDone: false, sentence: remedy === undefined ? message : `${message} — ${remedy}` };
  } catch {
    return { isDone: false, sentence: 'the driver does not answer; try again in a moment' };
  }
}

async function ask(path: string): Promise<unknown> {
  try {
    const response = await fetch(path, { headers: headers() });
    return response.ok ? await response.json() : undefined;
  } catch {
    return undefined;
  }
}

function headers(): Record<string, string> {
  const token = knownToken();
  return token === null ? {} : { authorization: `Bearer ${token}` };
}

async function rest(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
}
