/** The contract of the remote's port, for every implementation of it. */

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import type { ByteString } from '../../../src/core/bytes.ts';
import { asByteString, bytesOfText, joinPath } from '../../../src/core/bytes.ts';
import { Fault } from '../../../src/core/fault.ts';
import { notAFile } from '../../../src/core/prove.ts';
import type { DigestedFile, RemotePort, TransferOrder } from '../../../src/ports/remote.ts';
import { hostileNames } from './hostile-names.ts';
import type { Sources } from './transfer-orders.ts';
import { asSingleFiles, orderOf, remotePathsOf } from './transfer-orders.ts';
import type { Check } from './checks.ts';
import { checksOver } from './checks.ts';

/** A remote whose root is not there yet, and the hands of the test on both sides. */
export interface RemoteWorld extends Sources {
  readonly remote: RemotePort;
  readHere(path: ByteString): Uint8Array;
  removeHere(path: ByteString): void;
  /** The path is below the remote's root, which is made with it. */
  writeThere(path: ByteString, content: Uint8Array): void;
  /** Changes the first byte of a file, and neither its size nor its time. */
  spoilThere(path: ByteString): void;
  /** Every regular file below the remote's root; undefined while there is no root. */
  filesThere(): ReadonlyMap<ByteString, Uint8Array> | undefined;
  close(): Promise<void>;
}

type MakeRemote = () => Promise<RemoteWorld>;

export function remoteContract(name: string, makeRemote: MakeRemote): void {
  const check = checksOver(name, makeRemote);
  listing(check);
  shipping(check);
  reading(check);
  obstacles(check);
}

function listing(check: Check<RemoteWorld>): void {
  check('preparing brings no file, may be done again, and nothing after it is different', async (world) => {
    const order = orderOf(world, 'torrent', { file: 'content' });
    await world.remote.prepare();
    await world.remote.prepare();
    assert.deepEqual([...(world.filesThere() ?? [])], []);
    assert.deepEqual([...(await world.remote.list(remotePathsOf(order)))], []);
    await world.remote.ship(order);
    await world.remote.prepare();
    assertArrived(world, order);
  });

  check('a root that is missing holds nothing, and looking makes nothing', async (world) => {
    const order = orderOf(world, 'torrent', { file: 'content' });
    assert.deepEqual([...(await world.remote.list(remotePathsOf(order)))], []);
    assert.deepEqual([...(await digestsOf(world, order))], []);
    assert.equal(world.filesThere(), undefined);
  });

  check('a root that another makes is seen', async (world) => {
    const path = bytesOfText('file');
    await world.remote.list([path]);
    world.writeThere(path, Buffer.from('four'));
    assert.deepEqual([...(await world.remote.list([path]))], [[path, 4]]);
  });

  check(
    'what was not asked for and what is not there is not answered, what is no file as such',
    async (world) => {
      const below = bytesOfText('directory/below');
      world.writeThere(below, Buffer.from('ab'));
      world.writeThere(bytesOfText('other'), Buffer.from('c'));
      const listed = await world.remote.list(
        ['directory', 'directory/below', 'directory/missing', 'missing/file'].map(bytesOfText),
      );
      assert.deepEqual(
        listed,
        new Map([
          [bytesOfText('directory'), notAFile],
          [below, 2],
        ]),
      );
    },
  );

  check('a path that cannot be there disturbs no other', async (world) => {
    const file = bytesOfText('file');
    world.writeThere(file, Buffer.from('abc'));
    const impossible = [joinPath(file, bytesOfText('below')), bytesOfText('y'.repeat(256))];
    assert.deepEqual([...(await world.remote.list([...impossible, file]))], [[file, 3]]);
  });

  check('nothing asked, nothing answered', async (world) => {
    world.writeThere(bytesOfText('file'), Buffer.from('abc'));
    assert.equal((await world.remote.list([])).size, 0);
  });
}

function shipping(check: Check<RemoteWorld>): void {
  check('hostile names of files and directories arrive as they are', async (world) => {
    const paths = hostileNames.flatMap((one, index) => [
      one,
      joinPath(bytesOfText('directories'), one, hostileNames.at(-1 - index)!),
    ]);
    const order = orderOf(world, 'torrent', Object.fromEntries(paths.map((path) => [path, path])));
    await world.remote.ship(order);
    assertArrived(world, order);
    const listed = await world.remote.list(remotePathsOf(order));
    assert.deepEqual(sorted(listed.keys()), sorted(remotePathsOf(order)));
    for (const [path, bytes] of listed) assert.equal(bytes, path.length - 'torrent/'.length);
    assert.deepEqual(await digestsOf(world, order), digestsHere(world, order));
  });

  check('torrents with hostile names of their own arrive, and single files', async (world) => {
    for (const one of hostileNames) {
      if (one.length > 200) continue;
      const order = orderOf(world, one, { file: 'content' });
      await world.remote.ship(order);
    }
    const singles = asSingleFiles(
      world,
      hostileNames.map((one) => [`single ${one}`, one]),
    );
    await world.remote.ship(singles);
    const there = world.filesThere()!;
    for (const one of hostileNames) {
      if (one.length <= 200) assert.ok(there.has(joinPath(one, bytesOfText('file'))), one);
    }
    assertArrived(world, singles);
  });

  check(
    'a directory that is named otherwise here arrives under the name that is asked for',
    async (world) => {
      for (const destination of ['-rf', '#x', "it's", 'a:b', ' blank ', '~', '*?', '\u{1f980}']) {
        const name = bytesOfText(destination);
        const order = {
          ...orderOf(world, 'elsewhere', { 'sub/file': name, '#one': '1' }),
          destination: name,
        };
        await world.remote.ship(order);
        assertArrived(world, order);
      }
    },
  );

  check('empty files, and 2,000 files in one order', async (world) => {
    const contents = Object.fromEntries(
      Array.from({ length: 2_000 }, (_, index) => [`${index % 40}/file ${index}`, 'x'.repeat(index % 3)]),
    );
    const order = orderOf(world, 'many', contents);
    await world.remote.ship(order);
    assertArrived(world, order);
    assert.equal((await world.remote.list(remotePathsOf(order))).size, 2_000);
  });

  check('shipping again is no harm, and what has changed is replaced', async (world) => {
    const order = orderOf(world, 'torrent', { same: 'same', changed: 'before' });
    await world.remote.ship(order);
    await world.remote.ship(order);
    world.writeHere(joinPath(order.directory, bytesOfText('changed')), Buffer.from('and after'));
    await world.remote.ship(order);
    assert.equal(textOf(world, 'torrent/changed'), 'and after');
    assert.equal(textOf(world, 'torrent/same'), 'same');
  });

  check('only the files of the order go', async (world) => {
    const order = orderOf(world, 'torrent', { wanted: '1', other: '2' });
    await world.remote.ship({ ...order, files: order.files.filter(({ path }) => path === 'wanted') });
    assert.deepEqual([...world.filesThere()!.keys()], ['torrent/wanted']);
  });

  check('the bytes that are done are told, up to all of them', async (world) => {
    const order = orderOf(world, 'torrent', { one: 'x'.repeat(300_000), two: 'y'.repeat(200_000) });
    const told: number[] = [];
    await world.remote.ship({ ...order, onProgress: (bytes) => told.push(bytes) });
    assert.equal(told.at(-1), 500_000);
    assert.deepEqual(
      told,
      told.toSorted((left, right) => left - right),
    );
  });

  check('after a disconnect it connects again', async (world) => {
    const order = orderOf(world, 'torrent', { file: 'content' });
    await world.remote.disconnect();
    await world.remote.ship(order);
    await world.remote.disconnect();
    await world.remote.disconnect();
    assert.equal((await world.remote.list(remotePathsOf(order))).size, 1);
  });
}

function reading(check: Check<RemoteWorld>): void {
  check(
    'the content there is told by its digest: a flipped byte is seen, and a repair mends it',
    async (world) => {
      const order = orderOf(world, 'torrent', { good: 'good', bad: 'x'.repeat(100_000), empty: '' });
      await world.remote.ship(order);
      assert.deepEqual(await digestsOf(world, order), digestsHere(world, order));
      const path = bytesOfText('torrent/bad');
      world.spoilThere(path);
      const spoiled = await digestsOf(world, order);
      assert.deepEqual(changed(spoiled, digestsHere(world, order)), [path]);
      assert.equal(spoiled.get(path)!.sizeBytes, 100_000);
      await world.remote.ship(order);
      assert.deepEqual(changed(await digestsOf(world, order), digestsHere(world, order)), [path]);
      await world.remote.ship({ ...order, isRepair: true });
      assert.deepEqual(await digestsOf(world, order), digestsHere(world, order));
    },
  );

  check('what is not there and what is no file has no digest, and nothing changes', async (world) => {
    const order = {
      ...orderOf(world, 'torrent', { file: 'as it is here' }),
      files: ['file', 'file/below', 'directory', 'missing'].map((path) => ({
        path: bytesOfText(path),
        lengthBytes: 1,
      })),
    };
    world.writeThere(bytesOfText('torrent/file'), Buffer.from('of another'));
    world.writeThere(bytesOfText('torrent/directory/below'), Buffer.from('below'));
    const told = await digestsOf(world, order);
    assert.deepEqual(
      [...told],
      [['torrent/file', { sizeBytes: 10, digest: md5(Buffer.from('of another')) }]],
    );
    assert.deepEqual(sorted(world.filesThere()!.keys()), ['torrent/directory/below', 'torrent/file']);
  });
}

function obstacles(check: Check<RemoteWorld>): void {
  check('a file there that has the name of a directory stays, and is a fault', async (world) => {
    const order = orderOf(world, 'taken', { 'sub/file': 'content' });
    world.writeThere(bytesOfText('taken'), Buffer.from('precious'));
    await assert.rejects(world.remote.ship(order), faultOf('refused'));
    assert.equal(textOf(world, 'taken'), 'precious');
    const deeper = orderOf(world, 'other', { 'sub/file': 'content' });
    world.writeThere(bytesOfText('other/sub'), Buffer.from('precious'));
    await assert.rejects(world.remote.ship(deeper), faultOf('refused'));
    assert.equal(textOf(world, 'other/sub'), 'precious');
  });

  check('a directory there that has the name of a file stays, and is a fault', async (world) => {
    const order = asSingleFiles(world, [['taken', 'content']]);
    world.writeThere(bytesOfText('taken/file'), Buffer.from('precious'));
    await assert.rejects(world.remote.ship(order), faultOf('refused'));
    assert.equal(textOf(world, 'taken/file'), 'precious');
  });

  check('a file that vanished here is a fault, and its neighbours may go', async (world) => {
    const order = orderOf(world, 'torrent', { here: '1', gone: '2' });
    world.removeHere(joinPath(order.directory, bytesOfText('gone')));
    await assert.rejects(world.remote.ship(order), faultOf('gone'));
    assert.ok(!world.filesThere()!.has(bytesOfText('torrent/gone')));
    const nowhere = { ...order, directory: bytesOfText('/nowhere/at/all'), destination: asByteString('') };
    await assert.rejects(world.remote.ship(nowhere), faultOf('gone'));
  });

  check('a transfer that is cancelled before it begins sends nothing', async (world) => {
    const order = orderOf(world, 'torrent', { file: 'content' });
    await assert.rejects(world.remote.ship({ ...order, signal: AbortSignal.abort() }), faultOf('limit'));
    assert.deepEqual([...(world.filesThere() ?? [])], []);
  });
}

function assertArrived(world: RemoteWorld, order: TransferOrder): void {
  const there = world.filesThere()!;
  for (const { path } of order.files) {
    const arrived = there.get(joinPath(order.destination, path));
    assert.ok(arrived !== undefined, `missing: ${JSON.stringify(path)}`);
    assert.ok(Buffer.compare(arrived, world.readHere(joinPath(order.directory, path))) === 0, path);
  }
}

function textOf(world: RemoteWorld, path: string): string | undefined {
  const content = world.filesThere()?.get(bytesOfText(path));
  return content && Buffer.from(content).toString();
}

export function faultOf(kind: Fault['kind'], sentence?: RegExp): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof Fault, `no fault: ${String(error)}`);
    assert.equal(error.kind, kind, error.message);
    if (sentence !== undefined) assert.match(error.message, sentence);
    return true;
  };
}

function digestsOf(world: RemoteWorld, order: TransferOrder): ReturnType<RemotePort['digest']> {
  const totalBytes = order.files.reduce((sum, file) => sum + file.lengthBytes, 0);
  return world.remote.digest(remotePathsOf(order), totalBytes, order.signal);
}

/** What the remote is to say when all of the order has arrived. */
function digestsHere(world: RemoteWorld, order: TransferOrder): ReadonlyMap<ByteString, DigestedFile> {
  const entries = order.files.map(({ path }): [ByteString, DigestedFile] => {
    const content = world.readHere(joinPath(order.directory, path));
    return [joinPath(order.destination, path), { sizeBytes: content.length, digest: md5(content) }];
  });
  return new Map(entries);
}

function changed(
  one: ReadonlyMap<ByteString, DigestedFile>,
  other: ReadonlyMap<ByteString, DigestedFile>,
): readonly ByteString[] {
  return [...one].filter(([path, file]) => other.get(path)?.digest !== file.digest).map(([path]) => path);
}

function md5(content: Uint8Array): string {
  return createHash('md5').update(content).digest('hex');
}

function sorted(paths: Iterable<ByteString>): readonly ByteString[] {
  return [...paths].sort();
}
