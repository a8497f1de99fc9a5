/** What ends a run of the simulator: an invariant that broke, or the driver's death. */

/** The driver did what it must never do, or failed to do what it must. */
export class Finding extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'Finding';
  }
}

/** The driver's process is gone: thrown out of a port's call, and no fault, so that nothing of the driver catches it. */
export class Killed extends Error {
  constructor() {
    super('the driver was killed');
    this.name = 'Killed';
  }
}
