/** The program's entry: runs the command line and turns every way to end into an exit code. */

import { CommanderError } from 'commander';
import { Fault } from '../core/fault.ts';
import { ConfigurationError } from './config.ts';
import { CrashRecorder } from './crash.ts';
import { exitCodes } from './exit-codes.ts';
import { createProgram } from './program.ts';
import { SettingsError } from './settings.ts';

for (const stream of [process.stdout, process.stderr]) {
  // Whoever reads the output has gone (`| head`): nobody is left to tell anything.
  stream.on('error', () => process.exit());
}
for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
  process.on(event, (error: unknown) => {
    process.exit(conclude(error));
  });
}

const crashes = new CrashRecorder();
const program = createProgram(process.env, crashes, (exitCode) => {
  process.exitCode = exitCode;
});

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = conclude(error);
}

function conclude(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
  if (error instanceof ConfigurationError) {
    for (const line of error.lines) console.error(line);
    return error instanceof SettingsError ? exitCodes.usage : exitCodes.configuration;
  }
  if (error instanceof Fault) {
    console.error(error.remedy === undefined ? error.message : `${error.message} — ${error.remedy}`);
    return error.kind === 'unreachable' ? exitCodes.unavailable : exitCodes.tryAgain;
  }
  console.error('This is a mistake in rtorrent-low-space-driver itself. Nothing was deleted without proof.');
  console.error('Please report it with the lines below:');
  console.error(error);
  const path = crashes.write(error, new Date());
  if (path !== undefined) {
    console.error(`What was seen last is written down, names of torrents and all, in ${path}`);
  }
  return exitCodes.software;
}
