/** Where the live screen has its pictures of the world from, and who carries out what its keys ask for. */

import type { Fault } from '../../core/fault.ts';
import type { Command } from '../../driver/commands.ts';
import type { Sighting } from '../commands/present.ts';

export interface ScreenListener {
  readonly seen: (sighting: Sighting) => void;
  /** Nothing could be seen just now; it is tried again. */
  readonly missed: (fault: Fault) => void;
}

export interface ScreenSource {
  /** Tells all that is seen after `first`, until the signal is given. */
  watch(first: Sighting, listener: ScreenListener, signal: AbortSignal): Promise<void>;
  /** Answers with a sentence on what came of it. Rejects with a `Fault`. */
  tell(command: Command): Promise<string>;
}
