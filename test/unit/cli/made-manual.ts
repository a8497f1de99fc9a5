/** The manual as it is made from the program: each file by its path from the checkout's root, formatted as it is kept. */

import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import type { ProgramDescription } from '../../../src/cli/manual/describe.ts';
import { describeProgram } from '../../../src/cli/manual/describe.ts';
import { markdownPages } from '../../../src/cli/manual/markdown.ts';
import { manPage } from '../../../src/cli/manual/roff.ts';
import { CrashRecorder } from '../../../src/cli/crash.ts';
import { createProgram } from '../../../src/cli/program.ts';

export const manPagePath = 'man/rtorrent-low-space-driver.1';

export function describedProgram(): ProgramDescription {
  return describeProgram(createProgram({}, new CrashRecorder(), () => undefined));
}

export async function madeManual(): Promise<ReadonlyMap<string, string>> {
  const program = describedProgram();
  const options = await resolveConfig(fileURLToPath(new URL('../../../README.md', import.meta.url)));
  const files = new Map([[manPagePath, manPage(program)]]);
  for (const [name, text] of markdownPages(program)) {
    files.set(`docs/commands/${name}`, await format(text, { ...options, parser: 'markdown' }));
  }
  return files;
}
