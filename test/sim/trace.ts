/** The record of a run: every call and every event, in order, so that a red run shows how it came to it. */

export class Trace {
  /** All lines of the run, hashed: two runs are the same when these are. */
  fingerprint = 0;
  length = 0;
  private readonly kept: string[] = [];
  private readonly most: number;

  /** Keeps the last `most` lines. */
  constructor(most = 2_000) {
    this.most = most;
  }

  add(atMs: number, line: string): void {
    const entry = `${String(atMs)} ${line}`;
    let hash = this.fingerprint;
    for (let index = 0; index < entry.length; index += 1) {
      hash = (Math.imul(hash, 31) + entry.charCodeAt(index)) | 0;
    }
    this.fingerprint = hash;
    this.length += 1;
    this.kept.push(entry);
    if (this.kept.length > 2 * this.most) this.kept.splice(0, this.most);
  }

  last(): readonly string[] {
    return this.kept.slice(-this.most);
  }
}
