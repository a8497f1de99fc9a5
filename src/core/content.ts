/** What an action is about, in files and bytes of content. */

import type { Action } from './action.ts';

export function contentOf(action: Action): { readonly files: number; readonly bytes: number } {
  const { metainfo } = action.managed;
  const named = 'files' in action ? action.files : metainfo.files;
  const files = named.flatMap((file) => (typeof file === 'number' ? (metainfo.files[file] ?? []) : file));
  return { files: files.length, bytes: files.reduce((sum, file) => sum + file.lengthBytes, 0) };
}
