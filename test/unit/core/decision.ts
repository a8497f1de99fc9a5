/** The decision about one torrent, asked for by its state alone. */

import { decide } from '../../../src/core/decide.ts';
import type { Policy } from '../../../src/core/policy.ts';
import type { TorrentSpec, WorldSpec } from '../../support/world.ts';
import { makeMetainfo, makePolicy, makeWorld, mebibyte } from '../../support/world.ts';
import { situationIn, surroundingsIn } from './situation-in.ts';

/** A torrent of three files of 16 MiB: what the decisions are asked about. */
export const album = makeMetainfo({ name: 'album', files: [16 * mebibyte, 16 * mebibyte, 16 * mebibyte] });

/** What is decided about the album in that state, under that policy. */
export function decision(
  spec: Omit<TorrentSpec, 'metainfo'>,
  policy: Partial<Policy> = {},
  rest: WorldSpec = {},
): ReturnType<typeof decide> {
  const world = makeWorld([{ metainfo: album, ...spec }], rest);
  return decide(situationIn(world, album), surroundingsIn(world, makePolicy(policy)));
}

export function kindOf(...question: Parameters<typeof decision>): string {
  return decision(...question).kind;
}
