/** Streaming: a file that is larger than what the limit leaves goes through it piece by piece. */

import type { Stream, Tidy, WaitReason } from './action.ts';
import type { Window } from './budget.ts';
import type { MetainfoFile } from './metainfo.ts';
import { placeElsewhere } from './ship.ts';
import type { Situation } from './situation.ts';
import { leastWindowBytes, mostWindowBytes } from './stream-rate.ts';
import type { Surroundings } from './surroundings.ts';
import { tidy } from './tidy.ts';

/**
 * Streams one of the files, none of which fits within the limit: the one that was begun, else the smallest. `needBytes` is
 * what the smallest would take whole.
 */
export function streamOrWait(
  situation: Situation,
  files: readonly MetainfoFile[],
  needBytes: number,
  window: Window,
  around: Surroundings,
): Stream | Tidy | WaitReason {
  const { managed, directory, local } = situation;
  const { metainfo } = managed;
  const { oversize, oversizePrivate } = around.policy;
  const file = nextToStream(situation, files);
  if (directory === undefined || file === undefined) {
    return { kind: 'place-unknown', reported: metainfo.name };
  }
  const { path } = file;
  const { limitBytes, budgetBytes, blockBytes } = window;
  if (oversize !== 'pieces') return { kind: 'file-too-large', path, needBytes, limitBytes };
  if (metainfo.isPrivate && !oversizePrivate) return { kind: 'private-oversize', path };
  const leastBytes = leastWindowBytes(metainfo.pieceLengthBytes, blockBytes);
  if (leastBytes > limitBytes) return { kind: 'window-too-small', path, needBytes: leastBytes, limitBytes };
  // Of the file itself what is not whole is freed before it begins; what other files have stays.
  const besideBytes = (local?.allocatedBytes ?? 0) - (local?.files[file.index]?.allocatedBytes ?? 0);
  if (besideBytes + leastBytes > budgetBytes) {
    const roomBytes = Math.max(0, budgetBytes - besideBytes);
    return tidy(situation, around, file) ?? { kind: 'space', needBytes: leastBytes, roomBytes };
  }
  const windowBytes = Math.min(budgetBytes, besideBytes + mostWindowBytes(metainfo.pieceLengthBytes));
  const elsewhere = placeElsewhere(situation, around.snapshot.ledger);
  return { kind: 'stream', managed, directory, files: [file], windowBytes, blockBytes, elsewhere };
}

function nextToStream({ pieces }: Situation, files: readonly MetainfoFile[]): MetainfoFile | undefined {
  const inOrder = [...files].sort((one, other) => one.lengthBytes - other.lengthBytes);
  return inOrder.find(({ index }) => pieces.has(index)) ?? inOrder[0];
}
