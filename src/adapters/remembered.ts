/** An answer that is asked for once and kept; where asking fails, the next one asks again. */

export class Remembered<T> {
  private answer: Promise<T> | undefined;

  async or(ask: () => Promise<T>): Promise<T> {
    const answer = (this.answer ??= ask());
    try {
      return await answer;
    } catch (error) {
      if (this.answer === answer) this.answer = undefined;
      throw error;
    }
  }

  forget(): void {
    this.answer = undefined;
  }
}
