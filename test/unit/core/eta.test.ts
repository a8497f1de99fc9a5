/** How long it takes: figures that can be worked out by hand, and what stays unknown. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { QueueEta, Span } from '../../../src/core/eta.ts';
import { etaOf } from '../../../src/core/eta.ts';
import type { LinkRates } from '../../../src/core/link-rates.ts';
import { asByteString } from '../../../src/core/bytes.ts';
import type { Metainfo } from '../../../src/core/metainfo.ts';
import { plan } from '../../../src/core/plan.ts';
import type { Snapshot } from '../../../src/core/snapshot.ts';
import {
  gibibyte,
  makeDuty,
  makeFailure,
  makeLocal,
  makeMetainfo,
  makePolicy,
  makeWorld,
  mebibyte,
  nowMs,
} from '../../support/world.ts';
import type { TorrentSpec } from '../../support/world.ts';

const rates: LinkRates = { downBytesPerSecond: 4 * mebibyte, shipBytesPerSecond: mebibyte };

function sized(name: string, mebibytes: number): Metainfo {
  return makeMetainfo({ name, files: [mebibytes * mebibyte] });
}

function askAbout(snapshot: Snapshot, { policy = makePolicy(), links = rates } = {}): QueueEta {
  return etaOf(snapshot, plan(snapshot, policy), policy, links);
}

/** `3.0`, in seconds; `≥` where it may take longer, `?` where it is not known. */
function shown(span: Span | undefined): string {
  return span === undefined ? '?' : `${span.isLeast ? '≥' : ''}${(span.ms / 1000).toFixed(0)}`;
}

function endOf(eta: QueueEta, { infohash }: Metainfo): string {
  return shown(eta.torrents.get(infohash)?.end);
}

function startOf(eta: QueueEta, { infohash }: Metainfo): string {
  return shown(eta.torrents.get(infohash)?.start);
}

describe('etaOf', () => {
  it('lets what is loaded come at its own rate, and go at the rate of the other link', () => {
    const metainfo = sized('one', 40);
    const loaded = { completedBytes: 20 * mebibyte, downRateBytesPerSecond: 2 * mebibyte };
    const eta = askAbout(makeWorld([{ metainfo, loaded }]));
    assert.equal(startOf(eta, metainfo), '0');
    assert.equal(endOf(eta, metainfo), '50', '10 s to come, 40 s to go');
    assert.equal(shown(eta.whole), '50');
  });

  it('counts what a transfer under way has sent, and what is proved', () => {
    const metainfo = makeMetainfo({ name: 'two', files: [16 * mebibyte, 16 * mebibyte] });
    const world = makeWorld([
      {
        metainfo,
        loaded: { isComplete: true },
        local: makeLocal(metainfo),
        receipts: [0],
        jobs: [{ totalBytes: 16 * mebibyte, doneBytes: 6 * mebibyte }],
      },
    ]);
    assert.equal(endOf(askAbout(world), metainfo), '10');
  });

  it('goes by the rate of the transfer itself, once that shows one, and waits for no other with it', () => {
    const [quick, slow, next] = [sized('quick', 16), sized('slow', 16), sized('next', 20)];
    const sending = (doneBytes: number, startedAtMs: number) => ({
      loaded: { isComplete: true },
      jobs: [{ totalBytes: 16 * mebibyte, doneBytes, startedAtMs }],
    });
    const world = makeWorld([
      { metainfo: quick, ...sending(12 * mebibyte, nowMs - 12_000) },
      { metainfo: slow, ...sending(4 * mebibyte, nowMs - 16_000) },
      { metainfo: next, loaded: { isComplete: true }, local: makeLocal(next) },
    ]);
    const eta = askAbout(world);
    assert.equal(endOf(eta, quick), '4', '4 MiB at 1 MiB a second');
    assert.equal(endOf(eta, slow), '48', '12 MiB at a quarter of that');
    assert.equal(endOf(eta, next), '36', 'both take 16 s of the line');
    const unknown = askAbout(world, { links: { ...rates, shipBytesPerSecond: undefined } });
    assert.equal(endOf(unknown, slow), '48', 'without any other transfer that tells');
    assert.equal(endOf(unknown, next), '?');
    const young = makeWorld([{ metainfo: slow, ...sending(mebibyte, nowMs - 2_000) }]);
    assert.equal(endOf(askAbout(young), slow), '15', 'it has hardly begun: by the line');
  });

  it('knows that a torrent in parts goes on, when all that was chosen of it is here', () => {
    const metainfo = makeMetainfo({ name: 'big', files: [40, 40, 40].map((size) => size * mebibyte) });
    const loaded = { mode: asByteString('file'), completedBytes: 40 * mebibyte, isPartiallyDone: true };
    const policy = makePolicy({ spaceLimitBytes: 60 * mebibyte });
    const detail = { selected: [0], pieces: [] };
    const between = makeWorld([{ metainfo, loaded, detail, local: makeLocal(metainfo) }]);
    assert.equal(endOf(askAbout(between, { policy }), metainfo), '120');
    const dead = makeWorld([{ metainfo, loaded: { ...loaded, isPartiallyDone: false }, detail }]);
    assert.equal(endOf(askAbout(dead, { policy }), metainfo), '?');
  });

  it('starts one in parts once there is room for one of its files', () => {
    const here = sized('here', 60);
    const big = makeMetainfo({ name: 'big', files: [50, 50, 50].map((size) => size * mebibyte) });
    const world = makeWorld([
      { metainfo: here, loaded: { isComplete: true }, local: makeLocal(here) },
      { metainfo: big },
    ]);
    const policy = makePolicy({ spaceLimitBytes: 100 * mebibyte });
    assert.equal(startOf(askAbout(world, { policy }), big), '60', '40 MiB are free, it needs 50');
    const roomy = makePolicy({ spaceLimitBytes: 120 * mebibyte });
    assert.equal(startOf(askAbout(world, { policy: roomy }), big), '0');
  });

  it('starts a waiting torrent once those before it have freed the space for it', () => {
    const [here, small, large] = [sized('here', 60), sized('small', 50), sized('large', 70)];
    const world = makeWorld([
      { metainfo: here, loaded: { isComplete: true }, local: makeLocal(here) },
      { metainfo: small },
      { metainfo: large },
    ]);
    const eta = askAbout(world, { policy: makePolicy({ spaceLimitBytes: 100 * mebibyte }) });
    assert.equal(endOf(eta, here), '60');
    assert.equal(startOf(eta, small), '60', '40 MiB are free, it needs 50');
    assert.equal(endOf(eta, small), '123', '12.5 s to come, 50 s to go');
    assert.equal(startOf(eta, large), '123');
    assert.equal(shown(eta.whole), '210', '17.5 s to come, 70 s to go');
  });

  it('keeps both links busy at once where there is room', () => {
    const torrents = ['a', 'b', 'c'].map((name) => sized(name, 40));
    const eta = askAbout(makeWorld(torrents.map((metainfo) => ({ metainfo }))));
    assert.equal(shown(eta.whole), '130', 'the first comes in 10 s, then 120 MiB go, one after the other');
  });

  it('sends a torrent that is fetched in parts while it comes: the slower link decides', () => {
    const metainfo = makeMetainfo({ name: 'big', files: Array.from({ length: 30 }, () => 10 * mebibyte) });
    const world = makeWorld([{ metainfo }]);
    const eta = askAbout(world, { policy: makePolicy({ spaceLimitBytes: 100 * mebibyte }) });
    assert.equal(shown(eta.whole), '300');
  });

  it('does not know when a torrent ends that gets nothing, and what needs its space', () => {
    const [stalled, next] = [sized('stalled', 60), sized('next', 70)];
    const world = makeWorld([{ metainfo: stalled, loaded: {} }, { metainfo: next }]);
    const eta = askAbout(world, { policy: makePolicy({ spaceLimitBytes: 100 * mebibyte }) });
    assert.equal(endOf(eta, stalled), '?');
    assert.equal(startOf(eta, next), '?');
    assert.equal(shown(eta.whole), '?');
  });

  it('says of the whole that it takes longer where one of it is not known', () => {
    const [stalled, next] = [sized('stalled', 60), sized('next', 40)];
    const eta = askAbout(makeWorld([{ metainfo: stalled, loaded: {} }, { metainfo: next }]));
    assert.equal(endOf(eta, next), '50');
    assert.equal(shown(eta.whole), '≥50');
    const nearlySent = { totalBytes: 40 * mebibyte, doneBytes: 40 * mebibyte };
    const ending = { metainfo: next, loaded: { isComplete: true }, jobs: [nearlySent] };
    const nothing = askAbout(makeWorld([{ metainfo: stalled, loaded: {} }, ending]));
    assert.equal(endOf(nothing, next), '0');
    assert.equal(shown(nothing.whole), '?', 'that it takes longer than no time says nothing');
  });

  it('knows how long a ratio takes from the rate of uploading, and says so where it does not', () => {
    const policy = makePolicy({ duty: makeDuty({ requiredRatio: 1 }) });
    const [seeding, idle, young] = [sized('seeding', 10), sized('idle', 20), sized('young', 40)];
    const half = ({ totalBytes }: Metainfo) => ({ isComplete: true, uploadedBytes: totalBytes / 2 });
    const world = makeWorld([
      {
        metainfo: seeding,
        loaded: { ...half(seeding), upRateBytesPerSecond: mebibyte / 4 },
        local: makeLocal(seeding),
      },
      { metainfo: idle, loaded: half(idle), local: makeLocal(idle) },
      { metainfo: young, loaded: { downRateBytesPerSecond: 4 * mebibyte } },
    ]);
    const eta = askAbout(world, { policy });
    assert.equal(endOf(eta, seeding), '60', '20 s to seed, then the link is taken until 50 s');
    assert.equal(endOf(eta, idle), '?');
    assert.equal(endOf(eta, young), '≥50');
  });

  it('adds the time that has to be seeded, and says that it takes longer only where a ratio is asked for', () => {
    const young = sized('young', 40);
    const world = makeWorld([{ metainfo: young, loaded: { downRateBytesPerSecond: 4 * mebibyte } }]);
    const end = (duty: Parameters<typeof makeDuty>[0]): string =>
      endOf(askAbout(world, { policy: makePolicy({ duty: makeDuty(duty) }) }), young);
    assert.equal(end({ requiredSeedTimeMs: 100_000 }), '150', '10 s to come, 100 s to seed, 40 s to go');
    assert.equal(end({ requiredSeedTimeMs: 100_000, requiredRatio: 1 }), '≥150');
    assert.equal(end({ requiredSeedTimeMs: 100_000, requiredRatio: 1, match: 'any' }), '≥50');
  });

  it('lets what is ready soon go before what seeds for long', () => {
    const [seeding, next] = [sized('seeding', 10), sized('next', 40)];
    const whole = { isComplete: true, upRateBytesPerSecond: mebibyte / 100 };
    const world = makeWorld([
      { metainfo: seeding, loaded: whole, local: makeLocal(seeding) },
      { metainfo: next, loaded: { isComplete: true, uploadedBytes: 80 * mebibyte }, local: makeLocal(next) },
    ]);
    const eta = askAbout(world, { policy: makePolicy({ duty: makeDuty({ requiredRatio: 1 }) }) });
    assert.equal(endOf(eta, next), '40');
    assert.equal(endOf(eta, seeding), '1010');
  });

  it('knows nothing of what waits for a person, and only from below what rests after a failure', () => {
    const [stopped, failed] = [sized('stopped', 10), sized('failed', 20)];
    const world = makeWorld([
      { metainfo: stopped, loaded: { isStarted: false, isActive: false, downRateBytesPerSecond: 1 } },
      { metainfo: failed, loaded: { isComplete: true }, local: makeLocal(failed), failure: makeFailure() },
    ]);
    const eta = askAbout(world);
    assert.equal(endOf(eta, stopped), '?');
    assert.equal(endOf(eta, failed), '≥240');
  });

  it('knows nothing while a link has carried nothing, or the disk is not seen', () => {
    const metainfo = sized('one', 10);
    const world = makeWorld([{ metainfo }]);
    for (const links of [
      { ...rates, downBytesPerSecond: undefined },
      { ...rates, shipBytesPerSecond: undefined },
    ]) {
      assert.equal(endOf(askAbout(world, { links }), metainfo), '?');
    }
    const blind = { ...world, disk: { seen: false, reason: 'it is gone' } } as const;
    assert.equal(shown(askAbout(blind).whole), '?');
  });

  it('is never shortened by a slower link, and covers every torrent', () => {
    const spec = fc.record({
      mebibytes: fc.integer({ min: 1, max: 300 }),
      isLoaded: fc.boolean(),
      rate: fc.integer({ min: 0, max: 8 * mebibyte }),
    });
    fc.assert(
      fc.property(fc.array(spec, { maxLength: 12 }), (specs) => {
        const torrents = specs.map(({ mebibytes, isLoaded, rate }, index): TorrentSpec => {
          const metainfo = sized(`t${index}`, mebibytes);
          return isLoaded ? { metainfo, loaded: { downRateBytesPerSecond: rate } } : { metainfo };
        });
        const world = makeWorld(torrents);
        const policy = makePolicy({ spaceLimitBytes: gibibyte / 4 });
        const fast = askAbout(world, { policy });
        const slow = askAbout(world, { policy, links: { ...rates, shipBytesPerSecond: mebibyte / 2 } });
        assert.equal(fast.torrents.size, torrents.length);
        assert.ok((slow.whole?.ms ?? 0) >= (fast.whole?.ms ?? 0) - 1e-6);
        for (const { start, end } of fast.torrents.values()) {
          if (end !== undefined) assert.ok(start !== undefined && start.ms <= end.ms);
        }
      }),
    );
  });
});
