/** The page's files, as the build made them: read once, and served with a tag so that a browser need not load them twice. */

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Asset {
  readonly type: string;
  readonly body: Buffer;
  readonly tag: string;
}

const files: Readonly<Record<string, { readonly file: string; readonly type: string }>> = {
  '/': { file: 'index.html', type: 'text/html; charset=utf-8' },
  '/main.js': { file: 'main.js', type: 'text/javascript; charset=utf-8' },
  '/main.css': { file: 'main.css', type: 'text/css; charset=utf-8' },
  '/icon.svg': { file: 'icon.svg', type: 'image/svg+xml' },
};

/** Whether the path is one of the page's, built or not. */
export function isAssetPath(path: string): boolean {
  return Object.hasOwn(files, path);
}

export class Assets {
  private readonly directory: string;
  private readonly known = new Map<string, Asset>();

  constructor(directory: string) {
    this.directory = directory;
  }

  /** Undefined where the page was not built. */
  find(path: string): Asset | undefined {
    const known = this.known.get(path);
    const entry = files[path];
    if (known !== undefined || entry === undefined) return known;
    try {
      const body = readFileSync(join(this.directory, entry.file));
      const digest = createHash('sha256').update(body).digest('base64url').slice(0, 22);
      const asset = { type: entry.type, body, tag: `"${digest}"` };
      this.known.set(path, asset);
      return asset;
    } catch {
      return undefined;
    }
  }
}
