/** Where the live screen has its pictures of the world from, and who carries out what its keys ask for. */

import type { Command } from '../../driver/commands.ts';
import type { StatusReport } from '../../driver/report.ts';

export interface ScreenSource {
  /** The next picture. Rejects with a `Fault`. */
  report(): Promise<StatusReport>;
  /** Answers with a sentence on what came of it. Rejects with a `Fault`. */
  tell(command: Command): Promise<string>;
  /** How long to wait between two pictures, given what one takes. */
  pauseMs(tookMs: number): number;
}
