/** An answer of rtorrent's while it comes in: its bytes, in memory that the next one may have. */

import { expectedLength } from '../codec/scgi.ts';

const firstBytes = 64 * 1024;
/** More than thousands of torrents take; what is larger is not kept. */
const mostKeptBytes = 16 * 1024 ** 2;

export class Reply {
  length = 0;
  private memory: Buffer;
  private expected: number | undefined;

  /** Comes to be in `spare`, where it is large enough: nobody else may use that any more. */
  constructor(spare: Buffer | undefined) {
    this.memory = spare ?? Buffer.allocUnsafeSlow(firstBytes);
  }

  add(chunk: Uint8Array): void {
    const needed = this.length + chunk.length;
    if (needed > this.memory.length) {
      // Never on the word of the head alone.
      const wanted = Math.min(this.expected ?? Number.POSITIVE_INFINITY, 2 * this.memory.length);
      const larger = Buffer.allocUnsafeSlow(Math.max(needed, wanted));
      larger.set(this.memory.subarray(0, this.length));
      this.memory = larger;
    }
    this.memory.set(chunk, this.length);
    this.length = needed;
    this.expected ??= this.lengthInHead();
  }

  /** Where there is no head that we understand, the end of the connection is the end of the answer. */
  isWhole(): boolean {
    return this.expected !== undefined && this.length >= this.expected;
  }

  bytes(): Buffer {
    return this.memory.subarray(0, this.length);
  }

  /** For the next answer, once nobody looks at these bytes any more. */
  memoryIfSmall(): Buffer | undefined {
    return this.memory.length <= mostKeptBytes ? this.memory : undefined;
  }

  private lengthInHead(): number | undefined {
    try {
      return expectedLength(this.bytes());
    } catch {
      return undefined;
    }
  }
}
