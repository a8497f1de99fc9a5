/** `why`: why a torrent is where it is, in one line, and the facts that led to it. Changes nothing. */

import { nameOf } from '../../core/explain.ts';
import { whyOf } from '../../core/why.ts';
import type { Context } from '../context.ts';
import type { ExitCode } from '../exit-codes.ts';
import { exitCodes } from '../exit-codes.ts';
import { look } from './look.ts';
import { torrentMeant } from './meant.ts';

export async function showWhy(context: Context, called: string): Promise<ExitCode> {
  const { output, isJson, configuration } = context;
  const seen = await look(context);
  const managed = torrentMeant(context, called, seen.snapshot.managed.values());
  if (managed === undefined) return exitCodes.usage;
  const { sentence, facts } = whyOf(managed, { ...seen, policy: configuration.policy });
  if (isJson) {
    const { infohash } = managed.metainfo;
    output.line(JSON.stringify({ infohash, name: nameOf(managed), sentence, facts }, undefined, 2));
    return exitCodes.ok;
  }
  output.line(`${output.style('bold', nameOf(managed))}: ${sentence}`);
  const width = Math.max(...facts.map(({ about }) => about.length));
  for (const { about, detail } of facts) {
    output.line(`  ${output.style('dim', about.padEnd(width))}  ${detail}`);
  }
  return exitCodes.ok;
}
