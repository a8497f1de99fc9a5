/** Reads what rsync prints: checksums, progress. Names come as bytes, escaped as `\#ooo`. */

import type { ByteString } from '../core/bytes.ts';
import { asByteString } from '../core/bytes.ts';
import type { DigestedFile } from '../ports/remote.ts';

/** Lines of `--checksum --checksum-choice=md5 --out-format='%C %l %n'`: checksum, length in bytes, name. */
export function parseDigests(output: Buffer): Map<ByteString, DigestedFile> {
  const files = new Map<ByteString, DigestedFile>();
  for (const line of output.toString('latin1').split('\n')) {
    const match = /^([0-9a-f]{32}) (\d+) (.+)$/s.exec(line);
    if (match?.[1] === undefined || match[3] === undefined) continue;
    files.set(unescapeName(match[3]), { digest: match[1], sizeBytes: Number(match[2]) });
  }
  return files;
}

/**
 * Bytes done, from `--info=progress2 --no-human-readable`: the last figure that a chunk of output holds, or undefined.
 * A chunk may end within a figure; such a tail is ignored, the next chunk has a newer one.
 */
export function parseProgress(chunk: Uint8Array): number | undefined {
  const text = Buffer.from(chunk).toString('latin1');
  const figures = [...text.matchAll(/(?:^|[\r\n])\s*(\d+)\s+\d+%\s/g)];
  const last = figures.at(-1)?.[1];
  return last === undefined ? undefined : Number(last);
}

/** rsync writes a control character, and a backslash that could be taken for such an escape, as `\#` and octal digits. */
function unescapeName(escaped: string): ByteString {
  return asByteString(
    escaped.replaceAll(/\\#([0-3][0-7]{2})/g, (_, octal: string) =>
      String.fromCharCode(Number.parseInt(octal, 8)),
    ),
  );
}
