/** rtorrent 0.9.8 survives that torrents are taken out while their pieces, and those of others, are being hashed. */

import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { RtorrentRpc } from '../../src/adapters/rtorrent-rpc.ts';
import { Rtorrent } from '../../src/adapters/rtorrent.ts';
import { systemClock } from '../../src/adapters/runtime.ts';
import { Seedbox } from '../../src/adapters/seedbox.ts';
import { bytesOfText } from '../../src/core/bytes.ts';
import type { ManagedTorrent } from '../../src/core/metainfo.ts';
import { parseInfohash } from '../../src/core/metainfo.ts';
import { noPieces } from '../../src/core/pieces.ts';
import type { Rig } from '../e2e/rig.ts';
import { startRig } from '../e2e/rig.ts';

const kib = 1024;
/** Of erasures over RPC, without a timer, one in five killed it in this very loop. */
const rounds = 40;

let rig: Rig;
let rtorrent: Rtorrent;

before(async () => {
  rig = await startRig({ client: { lowDiskspaceTimer: 'off' } });
  const rpc = new RtorrentRpc({ kind: 'unix', path: rig.client.socketPath });
  rtorrent = new Rtorrent(rpc, systemClock, rig.directory, `${rig.directory}/scratch`);
});

after(() => (rig as Rig | undefined)?.stop());

test('two torrents are taken out in turn while both download, and rtorrent lives', async () => {
  const torrents = [await add('one', 256 * kib), await add('two', 128 * kib)];
  const { processId } = await rtorrent.observe();
  for (let round = 0; round < rounds; round += 1) {
    const [loaded, other] = [torrents[round % 2]!, torrents[(round + 1) % 2]!];
    rmSync(`${rig.client.downloadDirectory}/${loaded.metainfo.name}`, { force: true });
    await rtorrent.loadSelected(orderOf(loaded));
    await rig.until(`something has come in round ${round}`, async () => (await completedBytes(loaded)) > 0);
    await rtorrent.takeOut(other.metainfo.infohash);
    assert.equal(await rtorrent.look(other.metainfo.infohash), undefined);
  }
  const after = await rtorrent.observe();
  assert.equal(after.processId, processId, rig.client.describe());
  assert.equal(after.torrents.size, 1);
});

async function completedBytes({ metainfo }: ManagedTorrent): Promise<number> {
  return (await rtorrent.look(metainfo.infohash))?.completedBytes ?? 0;
}

async function add(name: string, pieceLengthBytes: number): Promise<ManagedTorrent> {
  const made = await rig.addTorrent({ name, bytes: 96 * kib * kib, pieceLengthBytes });
  const { managed } = await new Seedbox(rig.managedDirectory).scan();
  return managed.get(parseInfohash(made.infohash)!)!;
}

function orderOf(managed: ManagedTorrent): Parameters<Rtorrent['loadSelected']>[0] {
  const directory = bytesOfText(rig.client.downloadDirectory);
  const pieces = noPieces(managed.metainfo.pieceCount);
  return { managed, directory, uploadedBytes: 0, selected: new Set([0]), pieces, inPlace: new Set() };
}
