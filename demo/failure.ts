/** The demo's own way to end: with one sentence for the person who watches, and no stack. */

export class DemoFailure extends Error {
  constructor(sentence: string) {
    super(sentence);
    this.name = 'DemoFailure';
  }
}
