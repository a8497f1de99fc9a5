/** `why`: why a torrent is where it is, in one line, and the facts that led to it. Changes nothing. */

import type { Named } from '../../core/find.ts';
import type { Policy } from '../../core/policy.ts';
import type { Why } from '../../core/why.ts';
import { whyOf } from '../../core/why.ts';
import type { Look } from '../../driver/report.ts';
import type { Context } from '../context.ts';
import type { ControlClient } from '../control-client.ts';
import type { ExitCode } from '../exit-codes.ts';
import { exitCodes } from '../exit-codes.ts';
import { torrentMeant } from './meant.ts';
import { askPresent } from './present.ts';

/** A torrent that can be asked about. */
interface Asked extends Named {
  /** Resolves with undefined where it is not managed any more. */
  why(): Promise<Why | undefined>;
}

export async function showWhy(context: Context, called: string): Promise<ExitCode> {
  const { configuration, log } = context;
  const torrents = await askPresent<readonly Asked[]>(context, {
    ofDaemon: torrentsOfDaemon,
    ofLook: (look) => torrentsOfLook(look, configuration.policy),
  });
  const meant = torrentMeant(context, called, torrents);
  if (meant === undefined) return exitCodes.usage;
  const why = await meant.why();
  if (why === undefined) {
    log.error({ torrent: meant.name, detail: 'history tells what was done' }, 'not managed any more');
    return exitCodes.usage;
  }
  print(context, meant, why);
  return exitCodes.ok;
}

async function torrentsOfDaemon(client: ControlClient): Promise<readonly Asked[] | undefined> {
  const report = await client.status();
  return report?.torrents.map(({ infohash, name }) => ({
    infohash,
    name,
    why: async () => (await client.story(infohash))?.why,
  }));
}

function torrentsOfLook(look: Look, policy: Policy): readonly Asked[] {
  return look.report.torrents.map(({ infohash, name }) => {
    const managed = look.snapshot.managed.get(infohash);
    return { infohash, name, why: () => Promise.resolve(managed && whyOf(managed, { ...look, policy })) };
  });
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
