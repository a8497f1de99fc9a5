/** `why`: why a torrent is where it is, in one line, and the facts that led to it. Changes nothing. */

import type { Named } from '../../core/find.ts';
import type { Why } from '../../core/why.ts';
import type { Context } from '../context.ts';
import type { ExitCode } from '../exit-codes.ts';
import { exitCodes } from '../exit-codes.ts';
import { torrentMeant } from './meant.ts';
import { currentSighting } from './present.ts';

export async function showWhy(context: Context, called: string): Promise<ExitCode> {
  const sighting = await currentSighting(context);
  const meant = torrentMeant(context, called, sighting.report.torrents);
  if (meant === undefined) return exitCodes.usage;
  const why = await sighting.why(meant.infohash);
  if (why === undefined) {
    context.log.error('not managed any more', { torrent: meant.name, detail: 'history tells what was done' });
    return exitCodes.usage;
  }
  print(context, meant, why);
  return exitCodes.ok;
}

function print({ output, isJson }: Context, { infohash, name }: Named, { sentence, facts }: Why): void {
  if (isJson) {
    output.line(JSON.stringify({ infohash, name, sentence, facts }, undefined, 2));
    return;
  }
  output.line(`${output.style('bold', name)}: ${sentence}`);
  const width = Math.max(...facts.map(({ about }) => about.length));
  for (const { about, detail } of facts) {
    output.line(`  ${output.style('dim', about.padEnd(width))}  ${detail}`);
  }
}
