/** The simulated ports keep the contracts that the real ones keep, so that the fake cannot drift from the real thing. */

import { asByteString, bytesOfText, joinPath } from '../../../src/core/bytes.ts';
import type { ManagedTorrent } from '../../../src/core/metainfo.ts';
import type { TorrentSpecification } from '../../support/torrent-file.ts';
import { rawBytes } from '../../support/torrent-file.ts';
import { infohashOf, makeManaged, makeMetainfo } from '../../support/world.ts';
import { seedboxDiskContract, seedboxTorrentContract } from '../../contract/suites/seedbox-contract.ts';
import type { LedgerWorld } from '../../contract/suites/ledger-contract.ts';
import { ledgerContract } from '../../contract/suites/ledger-contract.ts';
import { ledgerQueueContract } from '../../contract/suites/ledger-queue.ts';
import { piecesContract } from '../../contract/suites/pieces-contract.ts';
import type { HolesWorld } from '../../contract/suites/holes-contract.ts';
import { holesContract } from '../../contract/suites/holes-contract.ts';
import type { RemoteWorld } from '../../contract/suites/remote-contract.ts';
import { remoteContract } from '../../contract/suites/remote-contract.ts';
import type { RtorrentDutyWorld } from '../../contract/suites/rtorrent-duty.ts';
import { rtorrentDutyContract } from '../../contract/suites/rtorrent-duty.ts';
import { rtorrentWindowContract } from '../../contract/suites/rtorrent-window.ts';
import { rtorrentContract } from '../../contract/suites/rtorrent-contract.ts';
import { streamContract } from '../../contract/suites/stream-contract.ts';
import { makeSimTorrent, rawContent } from '../../sim/content.ts';
import type { Content } from '../../sim/content.ts';
import { contentOf } from '../../sim/disk.ts';
import { LedgerState } from '../../sim/ledger-state.ts';
import { wholeOrder } from '../../sim/rtorrent-state.ts';
import { SimLedger } from '../../sim/sim-ledger.ts';
import { SimRemote } from '../../sim/sim-remote.ts';
import { SimRtorrent } from '../../sim/sim-rtorrent.ts';
import { SimSeedbox } from '../../sim/sim-seedbox.ts';
import { buildWorld, torrentPathOf } from '../../sim/world-spec.ts';
import { diskIn, torrentsIn } from './disk-in.ts';
import { pieceWorldIn, piecesHereIn } from './pieces-in.ts';

const nothing = (): void => undefined;
const unwatchedDisk = { deleting: nothing, retiring: nothing, punching: nothing };
const fast = { remoteBytesPerSecond: 1e15, torrents: [] };

const makeSimLedger = (): LedgerWorld => {
  const states = new Map<string, LedgerState>();
  const { intents } = new LedgerState();
  return {
    open: (remote = 'host:/path') => {
      const state = states.get(remote) ?? new LedgerState(intents);
      states.set(remote, state);
      return new SimLedger(state);
    },
    close: nothing,
  };
};

ledgerContract('simulated', makeSimLedger);
ledgerQueueContract('simulated', makeSimLedger);

seedboxDiskContract('simulated', () => diskIn(buildWorld(fast)));
seedboxTorrentContract('simulated', () => torrentsIn(buildWorld(fast)));

remoteContract('simulated', (): Promise<RemoteWorld> => {
  const world = buildWorld(fast);
  const { disk, remote } = world;
  const unwatched = { sending: nothing, ownerOf: () => infohashOf('ours') };
  return Promise.resolve({
    remote: new SimRemote(world, unwatched, nothing),
    here: asByteString('/here'),
    writeHere: (path, content) => {
      disk.put(path, rawContent(latin1(content)));
    },
    readHere: (path) => bytesOf(contentOf(disk.files.get(path)!)),
    removeHere: (path) => {
      disk.remove(path);
    },
    writeThere: (path, content) => {
      remote.files.set(path, { content: rawContent(latin1(content)), owner: undefined });
    },
    spoilThere: (path) => {
      const file = remote.files.get(path)!;
      const bytes = bytesOf(file.content);
      bytes[0] = (bytes[0] ?? 0) ^ 1;
      remote.files.set(path, { ...file, content: rawContent(latin1(bytes)) });
    },
    filesThere: () =>
      remote.files.size === 0
        ? undefined
        : new Map([...remote.files].map(([path, { content }]) => [path, bytesOf(content)])),
    close: () => Promise.resolve(),
  });
});

piecesContract('simulated', () => Promise.resolve(pieceWorldIn(buildWorld(fast), bytesOf)));

holesContract('simulated', (): HolesWorld => {
  const world = buildWorld(fast);
  const { disk } = world;
  return {
    ...piecesHereIn(world),
    seedbox: new SimSeedbox(world, unwatchedDisk, nothing),
    write: (path, content) => {
      disk.put(path, rawContent(latin1(content)));
    },
    removeFile: (path) => {
      disk.remove(path);
    },
    moveAndLink: (path, target) => {
      disk.moveAndLink(path, target);
    },
    close: nothing,
  };
});

const makeSimRtorrent = (): Promise<RtorrentDutyWorld> => {
  const world = buildWorld(fast);
  const { disk, rtorrent, catalog } = world;
  return Promise.resolve({
    rtorrent: new SimRtorrent(world, nothing),
    defaultDirectory: rtorrent.defaultDirectory,
    otherDirectory: bytesOfText('/else where "quoted"'),
    add: (specification) => {
      const metainfo = makeMetainfo(specOf(specification));
      catalog.set(metainfo.infohash, makeSimTorrent(metainfo, catalog.size + 1));
      const downBytesPerSecond = specification.seeded === false ? 0 : 10_000;
      world.swarms.set(metainfo.infohash, { downBytesPerSecond, upBytesPerSecond: 0 });
      const path = torrentPathOf(metainfo.infohash);
      world.managedFiles.set(path, metainfo.infohash);
      return Promise.resolve(makeManaged(metainfo, { torrentPaths: [path] }) satisfies ManagedTorrent);
    },
    loadAsUser: ({ metainfo }) => {
      rtorrent.load(wholeOrder(catalog.get(metainfo.infohash)!, rtorrent.defaultDirectory));
      return Promise.resolve();
    },
    putFiles: ({ metainfo }, directory, files) => {
      for (const index of files) {
        const layout = catalog.get(metainfo.infohash)!.files[index]!;
        const path = joinPath(directory, layout.file.path);
        layout.truth.forEach((_, part) => disk.write(path, layout, part));
      }
    },
    nowMs: () => world.wallMs(),
    sizeOf: (path) => disk.at(path)?.sizeBytes ?? (world.managedFiles.has(path) ? 1 : undefined),
    runLowOnSpace: () => {
      for (const loaded of rtorrent.torrents.values()) rtorrent.closeForSpace(loaded);
      return Promise.resolve();
    },
    until: async (description, predicate) => {
      for (let seconds = 0; seconds < 1_000; seconds += 1) {
        const result = await predicate();
        if (result !== undefined && result !== false) return result;
        world.pass(1_000);
      }
      throw new Error(`in vain: ${description}`);
    },
    close: () => Promise.resolve(),
  });
};

rtorrentContract('simulated', makeSimRtorrent);
rtorrentDutyContract('simulated', makeSimRtorrent);
rtorrentWindowContract('simulated', makeSimRtorrent);
streamContract('simulated', makeSimRtorrent);

function specOf({
  name,
  files,
  bytes,
  pieceLengthBytes,
}: TorrentSpecification): Parameters<typeof makeMetainfo>[0] {
  const latin1Name = rawBytes(name).toString('latin1');
  return {
    name: latin1Name,
    pieceLengthBytes,
    isMultiFile: files !== undefined,
    files: files?.map(({ path, bytes: lengthBytes }) => ({
      path: path.map((part) => rawBytes(part).toString('latin1')).join('/'),
      lengthBytes,
    })) ?? [bytes ?? 0],
  };
}

function latin1(content: Uint8Array): string {
  return Buffer.from(content).toString('latin1');
}

function bytesOf({ identity }: Content): Buffer {
  return Buffer.from(identity.replace(/^raw:/, ''), 'latin1');
}
