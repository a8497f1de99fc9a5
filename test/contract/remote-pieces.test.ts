/** The remote over ssh keeps the contract about pieces, with GNU's tools, with busybox's, and with hardly any. */

import { after, before } from 'node:test';
import type { Rig } from '../e2e/rig.ts';
import { startRig } from '../e2e/rig.ts';
import { pieceWorldOf } from './real-pieces.ts';
import { openRealRemote, useProgramsOf } from './real-remote.ts';
import type { RemoteSessions } from './remote-sessions.ts';
import { plainPrograms, programPath, sessionsOf } from './remote-sessions.ts';
import { piecesContract } from './suites/pieces-contract.ts';

let rig: Rig;
let sessions: RemoteSessions;
let busybox: string;
let plain: string;

before(async () => {
  rig = await startRig();
  useProgramsOf(rig);
  sessions = sessionsOf(rig);
  busybox = sessions.programs([...plainPrograms, 'sha1sum', 'test', '['], programPath('busybox'));
  plain = sessions.programs(plainPrograms);
});

after(() => (rig as Rig | undefined)?.stop());

piecesContract('pieces over ssh', async () => {
  sessions.leaveAlone();
  return pieceWorldOf(openRealRemote(rig));
});

piecesContract('pieces over ssh, to busybox', async () => {
  sessions.beginWith([], busybox);
  return pieceWorldOf(openRealRemote(rig));
});

piecesContract('pieces over ssh, where nothing makes digests and the shell greets', async () => {
  sessions.beginWith(['echo welcome'], plain);
  return pieceWorldOf(openRealRemote(rig));
});
