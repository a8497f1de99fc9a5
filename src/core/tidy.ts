/** Tidying: which unfinished leftovers of a torrent that is too large go, where they leave no room to finish anything. */

import type { Tidy, WaitReason } from './action.ts';
import { joinPath } from './bytes.ts';
import type { MetainfoFile } from './metainfo.ts';
import { pathsToKeep } from './purge.ts';
import type { Situation } from './situation.ts';
import type { Surroundings } from './surroundings.ts';

/** Frees what unfinished files take, all but the next one's; undefined where there is nothing that may go. */
export function tidy(
  situation: Situation,
  around: Surroundings,
  next: MetainfoFile | undefined,
): Tidy | WaitReason | undefined {
  const { managed, directory } = situation;
  const inTheWay = leftovers(situation, next);
  if (directory === undefined || inTheWay.length === 0) return undefined;
  const keep = pathsToKeep(managed.metainfo, directory, around);
  if ('kind' in keep) return keep;
  const files = inTheWay.filter((file) => !keep.has(joinPath(directory, file.path)));
  return files.length === 0 ? undefined : { kind: 'tidy', managed, directory, files, keep };
}

/** Files that have blocks here, are not whole and not proved. */
export function unfinishedFiles(situation: Situation): readonly MetainfoFile[] {
  return leftovers(situation, undefined);
}

/** What these files take here. */
export function allocatedOf({ local }: Pick<Situation, 'local'>, files: readonly MetainfoFile[]): number {
  return files.reduce((sum, { index }) => sum + (local?.files[index]?.allocatedBytes ?? 0), 0);
}

/** Files other than the next one that have blocks here and are not whole: they stand in its way. */
function leftovers(
  { managed, local, receipts }: Situation,
  next: MetainfoFile | undefined,
): readonly MetainfoFile[] {
  // Of most torrents nothing is here, and their lists of files are packed away.
  if (local === undefined || local.files.length === 0) return [];
  return managed.metainfo.files.filter((file) => {
    const here = local.files[file.index];
    // rtorrent gives a file its full size with its first piece: what has another size is not of its making.
    if (here?.sizeBytes !== file.lengthBytes || here.allocatedBytes === 0) return false;
    const isWhole = here.allocatedBytes >= file.lengthBytes;
    return file.index !== next?.index && !isWhole && !receipts.has(file.index);
  });
}
