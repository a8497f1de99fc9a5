/**
 * Runs beside a rig as a process of its own and outlives it: when the pipe from the test process closes, however that
 * ended, it kills what is left of the rig and removes the directory. Arguments: the directory, `remove` or `keep`;
 * standard input: one line a process that has to be followed by descent (`PID@START`).
 */

import { rmSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { killRigProcesses } from './process-tree.ts';
import { unmountBelow } from './small-disk.ts';

const [directory, afterwards] = process.argv.slice(2);
if (directory === undefined) throw new Error('usage: watchdog DIRECTORY remove|keep');
const identities = await text(process.stdin);
await killRigProcesses(directory, identities.split('\n'));
unmountBelow(directory);
if (afterwards === 'remove') rmSync(directory, { recursive: true, force: true });
