/** Reads what the scripts of the remote answer about stretches of a file: their digests, or the bytes to make them of. */

import type { Hash } from 'node:crypto';
import { createHash } from 'node:crypto';
import { answerMark } from './remote-script.ts';

/** More than this before the answer begins is no greeting of a login shell. */
const longestGreetingBytes = 64 * 1024;

export interface Expected {
  /** Lines of their own, before all else. */
  readonly words: number;
  /** Of each stretch that is answered, in order. */
  readonly lengths: readonly number[];
  /** Each stretch comes as a line with its digest; else as its bytes. */
  readonly isDigested: boolean;
  /** Called with the bytes that a digest was told of. */
  readonly onDigest: (lengthBytes: number) => void;
}

export class PieceAnswer {
  /** The lines that came first. */
  readonly words: string[] = [];
  /** SHA-1 of each stretch, lower-case hex; empty where a line holds none. What did not come is not in it. */
  readonly digests: string[] = [];
  private readonly expected: Expected;
  private hasBegun = false;
  private rest: Buffer = Buffer.alloc(0);
  private hash: Hash = createHash('sha1');
  private hashedBytes = 0;

  constructor(expected: Expected) {
    this.expected = expected;
  }

  /** Takes the next part of the output. */
  add(chunk: Uint8Array): void {
    let bytes: Buffer = Buffer.concat([this.rest, chunk]);
    if (!this.hasBegun) {
      const mark = bytes.indexOf(`${answerMark}\n`);
      if (mark < 0) {
        this.rest = bytes.subarray(-longestGreetingBytes);
        return;
      }
      this.hasBegun = true;
      bytes = bytes.subarray(mark + answerMark.length + 1);
    }
    bytes = this.takeLines(bytes);
    const isAtBytes = !this.expected.isDigested && this.words.length === this.expected.words;
    this.rest = isAtBytes ? Buffer.alloc(0) : bytes;
    if (isAtBytes) this.takeBytes(bytes);
  }

  /** Whether something came of every stretch. */
  isWhole(): boolean {
    return this.digests.length === this.expected.lengths.length;
  }

  /** Gives back what is no whole line yet, and no line at all. */
  private takeLines(bytes: Buffer): Buffer {
    let rest = bytes;
    for (;;) {
      const isWord = this.words.length < this.expected.words;
      if (!isWord && !this.expected.isDigested) return rest;
      const end = rest.indexOf('\n');
      if (end < 0) return rest;
      const line = rest.toString('latin1', 0, end);
      rest = rest.subarray(end + 1);
      if (isWord) this.words.push(line);
      else this.push(/(?<![\da-f])[\da-f]{40}(?![\da-f])/.exec(line)?.[0] ?? '');
    }
  }

  private takeBytes(bytes: Buffer): void {
    let rest = bytes;
    for (;;) {
      const length = this.expected.lengths[this.digests.length];
      if (length === undefined) return;
      const part = rest.subarray(0, length - this.hashedBytes);
      this.hash.update(part);
      this.hashedBytes += part.length;
      rest = rest.subarray(part.length);
      if (this.hashedBytes < length) return;
      this.push(this.hash.digest('hex'));
      this.hash = createHash('sha1');
      this.hashedBytes = 0;
    }
  }

  private push(digest: string): void {
    const length = this.expected.lengths[this.digests.length];
    if (length === undefined) return;
    this.digests.push(digest);
    this.expected.onDigest(length);
  }
}
