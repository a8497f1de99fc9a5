import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Outcome } from '../../../src/core/action.ts';
import { noWishes } from '../../../src/core/wishes.ts';
import type { Command } from '../../../src/driver/commands.ts';
import { carryOut } from '../../../src/driver/commands.ts';
import { LedgerState } from '../../sim/ledger-state.ts';
import { SimLedger } from '../../sim/sim-ledger.ts';
import { infohashOf, makeFailure, makeManaged, makeMetainfo } from '../../support/world.ts';

const [one, two] = ['one', 'two'].map((name) => makeManaged(makeMetainfo({ name }))) as [
  ReturnType<typeof makeManaged>,
  ReturnType<typeof makeManaged>,
];
const [first, second] = [one.metainfo.infohash, two.metainfo.infohash];

function makePorts() {
  const state = new LedgerState();
  const ledger = new SimLedger(state);
  const managed = new Map([one, two].map((torrent) => [torrent.metainfo.infohash, torrent]));
  const seedbox = { scan: () => Promise.resolve({ managed, rejected: [] }) };
  const ports = { ledger, seedbox } as unknown as Parameters<typeof carryOut>[1];
  return {
    state,
    tell: (command: Command): Promise<Outcome> => carryOut(command, ports),
    wishes: async () => (await ledger.read([])).wishes,
  };
}

describe('carryOut', () => {
  it('pauses and resumes one, and tells so by its name', async () => {
    const { tell, wishes } = makePorts();
    const outcome = await tell({ kind: 'pause', infohash: first });
    assert.ok(outcome.kind === 'done' && outcome.detail.startsWith('one: paused'));
    assert.deepEqual(await wishes(), { ...noWishes, paused: new Set([first]) });
    assert.deepEqual(await tell({ kind: 'resume', infohash: first }), {
      kind: 'done',
      detail: 'one: resumed',
    });
    assert.deepEqual(await wishes(), noWishes);
  });

  it('pauses everything, out of which no single one can be resumed', async () => {
    const { tell, wishes } = makePorts();
    await tell({ kind: 'pause', infohash: second });
    await tell({ kind: 'pause', infohash: undefined });
    const outcome = await tell({ kind: 'resume', infohash: second });
    assert.ok(outcome.kind === 'failed' && outcome.message.includes('everything is paused'));
    assert.equal((await wishes()).isAllPaused, true);
    await tell({ kind: 'resume', infohash: undefined });
    assert.deepEqual(await wishes(), noWishes);
  });

  it('writes a priority down', async () => {
    const { tell, wishes } = makePorts();
    await tell({ kind: 'priority', infohash: second, priority: 'high' });
    assert.deepEqual(await wishes(), { ...noWishes, priorities: new Map([[second, 'high']]) });
  });

  it('forgets failures, of one or of all, and says where there are none', async () => {
    const { state, tell } = makePorts();
    for (const infohash of [first, second]) state.failures.set(infohash, makeFailure());
    await tell({ kind: 'retry', infohash: first });
    assert.deepEqual([...state.failures.keys()], [second]);
    const again = await tell({ kind: 'retry', infohash: first });
    assert.ok(again.kind === 'done' && again.detail.includes('nothing of it has failed'));
    const all = await tell({ kind: 'retry', infohash: undefined });
    assert.ok(all.kind === 'done' && all.detail.startsWith('1 torrent '));
    assert.equal(state.failures.size, 0);
  });

  it('fails for what is not managed, and where nothing can be written', async () => {
    const { state, tell } = makePorts();
    const stranger = await tell({ kind: 'pause', infohash: infohashOf('stranger') });
    assert.ok(stranger.kind === 'failed' && stranger.message.includes('no managed torrent'));
    assert.equal(state.paused.size, 0);
    state.isWritable = false;
    assert.equal((await tell({ kind: 'pause', infohash: first })).kind, 'failed');
  });
});
