/** The disk and the managed directory of a simulated world, in the hands of the contract's suites. */

import { createHash } from 'node:crypto';
import { parseMetainfo } from '../../../src/codec/metainfo.ts';
import { CodecError } from '../../../src/codec/codec-error.ts';
import type { ByteString } from '../../../src/core/bytes.ts';
import { asByteString, joinPath } from '../../../src/core/bytes.ts';
import type { Metainfo } from '../../../src/core/metainfo.ts';
import type { SeedboxWorld } from '../../contract/suites/seedbox-world.ts';
import type { FileLayout } from '../../sim/content.ts';
import { makeSimTorrent, rawContent } from '../../sim/content.ts';
import { SimSeedbox } from '../../sim/sim-seedbox.ts';
import type { World } from '../../sim/world.ts';

const nothing = (): void => undefined;
const managedDirectory = asByteString('/managed');
const data = asByteString('/data');
/** What no torrent holds. */
const spoiled = -1;

/** Files hold the bytes that are written to them. */
export function diskIn(world: World): SeedboxWorld {
  const { disk } = world;
  disk.makeDirectory(data);
  return {
    seedbox: new SimSeedbox(world, { deleting: nothing, retiring: nothing, punching: nothing }, nothing),
    managedDirectory,
    data,
    introduce: nothing,
    write: (path, content) => {
      disk.put(path, rawContent(Buffer.from(content).toString('latin1')));
    },
    makeDirectory: (path) => {
      disk.makeDirectory(path);
    },
    removeFile: (path) => {
      disk.remove(path);
    },
    entriesBelow: (directory) => {
      const directories = [...disk.directories].map((path) => `${path}/`);
      const below = [...disk.files.keys(), ...world.managedFiles.keys(), ...directories].filter(
        (path) => path.startsWith(`${directory}/`) && path.length > directory.length + 1,
      );
      return below.map((path) => asByteString(path.slice(directory.length + 1))).sort();
    },
    close: nothing,
  };
}

/** Files of torrents that were introduced hold their parts, right or spoiled; .torrent files are parsed. */
export function torrentsIn(world: World): SeedboxWorld {
  const { disk, catalog, managedFiles } = world;
  const plain = diskIn(world);
  const isManaged = (path: ByteString): boolean => path.startsWith(`${managedDirectory}/`);
  const contents = new Map<ByteString, { readonly layout: FileLayout; readonly bytes: Buffer }>();
  return {
    ...plain,
    introduce: (torrent) => {
      const metainfo = metainfoIn(torrent.bytes);
      if (metainfo === undefined || catalog.has(metainfo.infohash)) return;
      const made = makeSimTorrent(metainfo, catalog.size + 1);
      catalog.set(metainfo.infohash, made);
      const directory = metainfo.isMultiFile ? joinPath(data, metainfo.name) : data;
      for (const layout of made.files) {
        const bytes = torrent.contents.get(layout.file.path) ?? Buffer.alloc(0);
        contents.set(joinPath(directory, layout.file.path), { layout, bytes });
      }
    },
    write: (path, content) => {
      const metainfo = isManaged(path) ? metainfoIn(content) : undefined;
      if (metainfo !== undefined && !catalog.has(metainfo.infohash))
        catalog.set(metainfo.infohash, makeSimTorrent(metainfo, catalog.size + 1));
      const known = contents.get(path);
      if (isManaged(path)) managedFiles.set(path, metainfo?.infohash);
      else if (known?.bytes.length !== content.length) plain.write(path, content);
      else {
        const { layout, bytes } = known;
        disk.extend(path, layout);
        layout.truth.forEach((truth, part) => {
          const [from, to] = [layout.bounds[part], layout.bounds[part + 1]];
          disk.write(path, layout, part);
          const isRight = bytes.subarray(from, to).equals(content.subarray(from, to));
          disk.files.get(path)!.cells[part] = isRight ? truth : spoiled;
        });
      }
    },
    makeDirectory: (path) => {
      if (isManaged(path)) managedFiles.set(path, undefined);
    },
    removeFile: (path) => {
      managedFiles.delete(path);
      plain.removeFile(path);
    },
  };
}

function metainfoIn(bytes: Uint8Array): Metainfo | undefined {
  try {
    return parseMetainfo(bytes, (info) => createHash('sha1').update(info).digest('hex')).metainfo;
  } catch (error) {
    if (error instanceof CodecError) return undefined;
    throw error;
  }
}
