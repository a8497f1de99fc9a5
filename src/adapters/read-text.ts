/** Reads small files that may not be there. */

import { readFileSync } from 'node:fs';

/** Empty where the file cannot be read: it is not there, or went while it was read, or is for others. */
export function readTextOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
