/** Runs worlds by hand: `npm run sim -- --seed N --worlds N`. A red one prints its seed and its last actions. */

import { parseArgs } from 'node:util';
import { simulate } from './simulate.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    worlds: { type: 'string', default: '1000' },
    /** How many of its last actions a red world shows. */
    lines: { type: 'string', default: '40' },
  },
});
const first = Number(values.seed);
const count = Number(values.worlds);
const startedAtMs = performance.now();
let red = 0;
for (let seed = first; seed < first + count; seed += 1) {
  const { finding, last } = await simulate(seed);
  if (finding === undefined) continue;
  red += 1;
  console.log(`\nseed ${seed}: ${finding}`);
  const lines = Number(values.lines);
  if (red <= 3 && lines > 0) for (const line of last.slice(-lines)) console.log(`  ${line}`);
}
const seconds = (performance.now() - startedAtMs) / 1000;
console.log(`${count} worlds, ${red} with a finding, ${(count / seconds).toFixed(1)} worlds a second`);
process.exitCode = red === 0 ? 0 : 1;
