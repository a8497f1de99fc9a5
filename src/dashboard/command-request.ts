/** Reads a command from the body of a request: exactly what the API describes, and nothing more. */

import type { Infohash } from '../core/metainfo.ts';
import { parseInfohash } from '../core/metainfo.ts';
import { isPriority } from '../core/priority.ts';
import type { Command } from '../driver/commands.ts';

/** A command, or one sentence on what is wrong with it. */
export function parseCommand(body: string): Command | string {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return 'the body is no JSON';
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'a command is an object';
  const fields = value as Readonly<Record<string, unknown>>;
  const { kind, infohash, priority } = fields;
  const unknown = Object.keys(fields).find((key) => !['kind', 'infohash', 'priority'].includes(key));
  if (unknown !== undefined) return `a command has no ${JSON.stringify(unknown)}`;
  const about = infohashIn(infohash);
  if (typeof about === 'string') return about;
  switch (kind) {
    case 'pause':
    case 'resume':
    case 'retry':
      return priority === undefined
        ? { kind, infohash: about.infohash }
        : `${kind} has no priority: send kind priority`;
    case 'priority':
      if (about.infohash === undefined) return 'priority is given to one torrent: name its infohash';
      return typeof priority === 'string' && isPriority(priority)
        ? { kind, infohash: about.infohash, priority }
        : 'priority is high, normal or low';
    default:
      return 'kind is pause, resume, retry or priority';
  }
}

function infohashIn(value: unknown): { readonly infohash: Infohash | undefined } | string {
  if (value === undefined || value === null) return { infohash: undefined };
  const infohash = typeof value === 'string' ? parseInfohash(value) : undefined;
  return infohash === undefined ? 'infohash is 40 hexadecimal digits' : { infohash };
}
