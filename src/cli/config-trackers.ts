/** The sections `[tracker HOST]`: what is asked of the torrents of one tracker, where that differs from `[main]`. */

import * as v from 'valibot';
import type { IniEntry } from '../codec/ini.ts';
import type { DutyTerms } from '../core/policy.ts';
import { dutyKeys } from './config-keys.ts';
import type { Mistake } from './config-mistakes.ts';
import { quote, unknownKey } from './config-mistakes.ts';

/** The host of such a section; undefined for any other. */
export function trackerHostIn(section: string): string | undefined {
  return /^tracker\s+(\S+)$/i.exec(section)?.[1]?.toLowerCase();
}

/** By host, those terms alone that are written down for it; every mistake is added to `mistakes`. */
export function readTrackerTerms(
  entries: readonly IniEntry[],
  mistakes: Mistake[],
): ReadonlyMap<string, Partial<DutyTerms>> {
  const terms = new Map<string, Partial<DutyTerms>>();
  const mistake = ({ line }: IniEntry, message: string): void => void mistakes.push({ line, message });
  for (const entry of entries) {
    const host = trackerHostIn(entry.section);
    if (host === undefined) continue;
    if (!/^[a-z0-9._:-]+$/.test(host)) {
      mistake(entry, `${quote(host)} is no host of a tracker; write it as [tracker tracker.example.org]`);
      continue;
    }
    const read = readTerm(entry);
    if (typeof read === 'string') mistake(entry, read);
    else terms.set(host, { ...terms.get(host), ...read });
  }
  return terms;
}

/** One key of it, or what is wrong with it. */
function readTerm({ key, value }: IniEntry): Partial<DutyTerms> | string {
  if (!isDutyKey(key)) return unknownKey(key, Object.keys(dutyKeys));
  const result = v.safeParse(v.partial(v.object(dutyKeys)), { [key]: value }, { abortPipeEarly: true });
  if (!result.success) return `${key} ${quote(value)} ${result.issues[0].message}`;
  const { required_ratio, required_seed_time, duty, max_seed_time } = result.output;
  return {
    ...(required_ratio !== undefined && { requiredRatio: required_ratio }),
    ...(required_seed_time !== undefined && { requiredSeedTimeMs: required_seed_time }),
    ...(duty !== undefined && { match: duty }),
    ...(max_seed_time !== undefined && { mostSeedTimeMs: max_seed_time }),
  };
}

function isDutyKey(key: string): boolean {
  return Object.hasOwn(dutyKeys, key);
}
