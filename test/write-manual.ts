/** Writes docs/commands and the man page anew, from the program itself: `npm run manual`. */

import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { madeManual } from './unit/cli/made-manual.ts';

const checkout = fileURLToPath(new URL('..', import.meta.url));
const manual = await madeManual();
const pages = join(checkout, 'docs/commands');
mkdirSync(pages, { recursive: true });
mkdirSync(join(checkout, 'man'), { recursive: true });
for (const name of readdirSync(pages)) rmSync(join(pages, name));
for (const [path, text] of manual) writeFileSync(join(checkout, path), text);
