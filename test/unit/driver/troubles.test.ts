/** Troubles: each part of the world that stops answering is told once, and once when it answers again. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Fault } from '../../../src/core/fault.ts';
import type { Snapshot } from '../../../src/core/snapshot.ts';
import { Troubles } from '../../../src/driver/troubles.ts';
import { makeWorld } from '../../support/world.ts';

const unseen = { seen: false, reason: 'no answer', remedy: 'start it' } as const;
const well = makeWorld([]);
const listed = makeWorld([], { remote: { 'a file': 1 } });

function told(...looks: readonly (Snapshot | Fault)[]): readonly string[] {
  const words: string[] = [];
  const troubles = new Troubles({
    acted: () => undefined,
    progressed: () => undefined,
    noticed: () => undefined,
    troubled: (part, reason, remedy) => words.push(`${part}: ${reason} (${remedy ?? ''})`),
    recovered: (part) => words.push(`${part} is back`),
  });
  for (const look of looks) {
    if (look instanceof Fault) troubles.fault(look);
    else troubles.look(look);
  }
  return words;
}

describe('Troubles', () => {
  it('says nothing while all answers', () => {
    assert.deepEqual(told(well, listed), []);
  });

  it('says once that rtorrent is gone, and once that it is back', () => {
    const gone = { ...well, rtorrent: unseen, disk: unseen, remote: unseen };
    assert.deepEqual(told(gone, gone, well, well, gone), [
      'rtorrent: no answer (start it)',
      'rtorrent is back',
      'rtorrent: no answer (start it)',
    ]);
  });

  it('tells of the disk and the remote where they alone do not answer', () => {
    assert.deepEqual(told({ ...well, disk: unseen, remote: unseen }, { ...well, remote: unseen }), [
      'the disk: no answer (start it)',
      'the disk is back',
      'the remote: no answer (start it)',
    ]);
  });

  it('takes the remote for back only once it has told something', () => {
    assert.deepEqual(told({ ...well, remote: unseen }, well, listed), [
      'the remote: no answer (start it)',
      'the remote is back',
    ]);
  });

  it('tells once of turns that break off', () => {
    const fault = new Fault('refused', 'cannot read the managed directory', 'make it');
    assert.deepEqual(told(fault, fault, well), [
      'this host: cannot read the managed directory (make it)',
      'this host is back',
    ]);
  });
});
