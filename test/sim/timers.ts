/** Simulated time: what waits is woken in the order of its time, and nothing passes while anything can still be done. */

interface Timer {
  readonly atMs: number;
  readonly order: number;
  readonly wake: () => void;
}

export class Timers {
  private waiting: Timer[] = [];
  private count = 0;

  /** Calls `wake` at that moment, or later; answers with a way to call it off. */
  at(atMs: number, wake: () => void): () => void {
    const timer = { atMs, order: (this.count += 1), wake };
    this.waiting.push(timer);
    return () => {
      this.waiting = this.waiting.filter((one) => one !== timer);
    };
  }

  /** Takes out the one that is due first. */
  next(): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of this.waiting) {
      if (first === undefined || timer.atMs < first.atMs) first = timer;
    }
    if (first !== undefined) this.waiting = this.waiting.filter((one) => one !== first);
    return first;
  }

  /** Forgets all: whoever waited is dead. */
  clear(): void {
    this.waiting = [];
  }
}

/** Resolves when nothing can be done any more without time passing. */
export async function quiet(): Promise<void> {
  await new Promise<void>((resolve) => setImmediate(resolve));
}
