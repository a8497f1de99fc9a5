/** What the exit codes mean, for people. */

import { exitCodes } from '../exit-codes.ts';

export const exitCodeMeanings: readonly (readonly [code: string, meaning: string])[] = [
  [String(exitCodes.ok), 'all that could be done now is done'],
  [String(exitCodes.problems), 'doctor, verify or problems found an error'],
  [String(exitCodes.usage), 'the command line is wrong'],
  [String(exitCodes.unavailable), 'rtorrent or the remote cannot be seen, so that nothing could be decided'],
  [String(exitCodes.software), 'a mistake in the program; please report it'],
  [String(exitCodes.tryAgain), 'something failed and is tried again later, or another process drives'],
  [String(exitCodes.configuration), 'the configuration has mistakes'],
  ['129, 130, 143', 'ended by a hang-up, by Ctrl-C, or by kill; transfers go on where they stopped'],
];
