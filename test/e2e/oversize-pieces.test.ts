/** A file larger than the disk, over real parts: piece by piece, within the limit, and never a byte of a hole to a peer. */

import assert from 'node:assert/strict';
import { mkdirSync, rmSync, statSync } from 'node:fs';
import { test } from 'node:test';
import { expectAllGone, rotate, withRig } from './rotation.ts';
import type { Leecher } from './rig/peers.ts';
import { fetchedByUs, startLeechers, uploadsByUs } from './rig/swarm.ts';
import type { RigTorrent } from './rig/torrents.ts';
import type { Rig } from './rig.ts';

const kib = 1024;
const mib = 1024 ** 2;

test('160 MiB go through a limit of 24 MiB on a disk of 48 MiB, and four leechers get no byte of them from us', async () => {
  const client = { lowDiskspaceTimer: 'off', diskBytes: 48 * mib } as const;
  await withRig(
    async (rig) => {
      const limitBytes = 24 * mib;
      const huge = await rig.addTorrent({ name: 'huge.iso', bytes: 160 * mib, pieceLengthBytes: 256 * kib });
      const leechers = await startLeechers(rig, huge, 4);
      rig.writeConfiguration({ space_limit: limitBytes, oversize: 'pieces' });
      const sampling = rig.sampleAllocation();
      const written = await rotate(rig, { passes: 3, limitMs: 150_000 });
      const { peakBytes } = sampling.stop();
      assert.ok(peakBytes <= limitBytes, `${peakBytes} bytes were allocated of ${limitBytes}\n${written}`);
      await expectAllGone(rig, [huge]);
      await expectNothingFromUs(rig, huge, leechers);
      assert.equal(await rig.client.call('pieces.hash.on_completion'), 1);
    },
    { client },
  );
});

test('killed, restarted and cut off in the middle, a stream goes on from what the remote holds', async () => {
  await withRig(
    async (rig) => {
      const limitBytes = 24 * mib;
      const huge = await rig.addTorrent({ name: 'huge.iso', bytes: 64 * mib, pieceLengthBytes: 256 * kib });
      const leechers = await startLeechers(rig, huge, 2);
      rig.writeConfiguration({ space_limit: limitBytes, oversize: 'pieces' });
      const sampling = rig.sampleAllocation();
      const first = rig.startDriver(['run']);
      await untilPartial(rig, 6 * mib);
      await expectWindowShown(rig);
      first.signal('SIGKILL');
      await first.finished;
      await rig.until('rtorrent has stopped it by itself', async () => {
        return (await rig.client.call('d.is_active', huge.infohash)) === 0;
      });
      const rotation = rotate(rig, { limitMs: 100_000, restMs: 500, allowed: [0, 69, 75] });
      await untilPartial(rig, 14 * mib);
      await rig.client.restart({ kill: true });
      await untilPartial(rig, 22 * mib);
      await rig.client.restart({ kill: false });
      await untilPartial(rig, 30 * mib);
      rig.remote.cut();
      const written = await rotation;
      const { peakBytes } = sampling.stop();
      assert.ok(peakBytes <= limitBytes, `${peakBytes} bytes were allocated of ${limitBytes}\n${written}`);
      await expectAllGone(rig, [huge]);
      await expectNothingFromUs(rig, huge, leechers);
    },
    { client: { lowDiskspaceTimer: 'off' } },
  );
});

test('a lost session and a lost ledger cost no piece that the remote holds', async () => {
  await withRig(
    async (rig) => {
      const limitBytes = 24 * mib;
      const huge = await rig.addTorrent({ name: 'huge.iso', bytes: 72 * mib, pieceLengthBytes: 256 * kib });
      const leechers = await startLeechers(rig, huge, 2);
      rig.writeConfiguration({ space_limit: limitBytes, oversize: 'pieces' });
      const sampling = rig.sampleAllocation();
      let run = rig.startDriver(['run']);
      let said = '';
      const isThere = async (bytes: number): Promise<void> => {
        // A run ends where rtorrent is away, as cron would have it.
        const running = untilPartial(rig, bytes, () => said + run.output().stderr);
        const isOver = running.then(() => true);
        while (!(await Promise.race([isOver, run.finished.then(() => false)]))) {
          said += run.output().stderr;
          run = rig.startDriver(['run']);
        }
      };
      await isThere(18 * mib);
      await rig.client.stop({ kill: true });
      rmSync(rig.client.sessionDirectory, { recursive: true, force: true });
      mkdirSync(rig.client.sessionDirectory);
      await rig.client.start();
      await isThere(36 * mib);
      run.signal('SIGKILL');
      await run.finished;
      rmSync(`${rig.directory}/state`, { recursive: true });
      const written = await rotate(rig, { limitMs: 100_000, restMs: 500, allowed: [0, 69, 75] });
      const { peakBytes } = sampling.stop();
      assert.ok(peakBytes <= limitBytes, `${peakBytes} bytes were allocated of ${limitBytes}\n${written}`);
      await expectAllGone(rig, [huge]);
      await expectNothingFromUs(rig, huge, leechers);
      // What was begun and not finished is fetched once more, twice: less than what the remote held in the end.
      const fetched = await fetchedByUs(rig, huge, leechers);
      assert.ok(fetched < 72 * mib + 30 * mib, `${fetched} bytes were fetched\n${written}`);
    },
    { client: { lowDiskspaceTimer: 'off' } },
  );
});

/** The run that is under way is asked. */
async function expectWindowShown(rig: Rig): Promise<void> {
  const figure = String.raw`\d+(\.\d+)? [KM]?i?B`;
  const why = await rig.drive(['why', 'huge.iso']);
  assert.match(
    why.stdout,
    new RegExp(
      `^  window +${figure} in flight, ${figure} fetched, ${figure} being shipped, [1-9]\\S* [KM]iB proved, of 64\\.0 MiB; ${figure} at a time$`,
      'm',
    ),
  );
  for (const command of ['status', 'plan']) {
    const { stdout } = await rig.drive([command]);
    assert.match(stdout, /^WINDOW OF +AT A TIME +IN FLIGHT +FETCHED +SHIPPED +PROVED +OF$/m, stdout);
    assert.match(stdout, /^huge\.iso +24\.0 MiB .* 64\.0 MiB$/m, stdout);
  }
}

/** Waits until so much has arrived in the partial file on the remote. */
async function untilPartial(rig: Rig, bytes: number, said = (): string => ''): Promise<void> {
  const partial = `${rig.remote.path}/.rtorrent-low-space-driver.pieces/huge.iso`;
  const isThere = (): boolean => (statSync(partial, { throwIfNoEntry: false })?.blocks ?? 0) * 512 >= bytes;
  await rig.until(`${bytes} bytes are on the remote`, isThere).catch((error: unknown) => {
    throw new Error(`${String(error)}\n${said()}`);
  });
}

/** The tracker is told what each peer has uploaded; a bad piece would have been fetched once more. */
async function expectNothingFromUs(
  rig: Rig,
  torrent: RigTorrent,
  leechers: readonly Leecher[],
): Promise<void> {
  assert.deepEqual([...new Set(uploadsByUs(rig, torrent))], [0]);
  for (const leecher of leechers) assert.equal(await leecher.badBytes(torrent), 0);
}
