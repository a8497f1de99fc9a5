/** Paths on this host, as the configuration takes them. */

import * as v from 'valibot';

export const localPath = v.pipe(
  v.string(),
  v.check(
    (text) => text.startsWith('/'),
    'is no absolute path; write it from the root, as /home/me/torrents',
  ),
  v.transform(withoutTrailingSlash),
);

export function withoutTrailingSlash(path: string): string {
  return path.length > 1 ? path.replace(/\/+$/, '') : path;
}
