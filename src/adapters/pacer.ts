/** Keeps what is sent within a rate, however many send at once. */

import { setTimeout as sleep } from 'node:timers/promises';

export class Pacer {
  private bytesPerMs = 0;
  private freeAtMs = 0;

  /** For all that is sent from now on; 0, as at the start, for no limit. */
  setRate(bytesPerSecond: number): void {
    this.bytesPerMs = bytesPerSecond / 1000;
  }

  /** Cuts bytes into chunks and gives each when its time has come; the first one at once. */
  async *chunksOf(bytes: Uint8Array, largestBytes: number): AsyncGenerator<Uint8Array> {
    // At a slow rate smaller ones, so that it flows, and nobody waits long for one.
    const chunkBytes = Math.max(
      1024,
      Math.floor(Math.min(largestBytes, this.bytesPerMs === 0 ? largestBytes : this.bytesPerMs * 250)),
    );
    for (let at = 0; at < bytes.length; at += chunkBytes) {
      const chunk = bytes.subarray(at, at + chunkBytes);
      await this.turnFor(chunk.length);
      yield chunk;
    }
  }

  private async turnFor(bytes: number): Promise<void> {
    if (this.bytesPerMs === 0) return;
    const nowMs = performance.now();
    const waitMs = this.freeAtMs - nowMs;
    this.freeAtMs = Math.max(nowMs, this.freeAtMs) + bytes / this.bytesPerMs;
    if (waitMs > 0) await sleep(waitMs);
  }
}
