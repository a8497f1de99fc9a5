/** The parts of the world that do not answer: told once when it begins and once when it is over, not at each look. */

import type { Fault } from '../core/fault.ts';
import type { Observed, Snapshot } from '../core/snapshot.ts';
import type { ReporterPort, WorldPart } from '../ports/runtime.ts';

export class Troubles {
  private readonly told = new Set<WorldPart>();
  private readonly reporter: ReporterPort;

  constructor(reporter: ReporterPort) {
    this.reporter = reporter;
  }

  /** What was not seen because another part was not seen is no trouble of its own. */
  look({ rtorrent, disk, remote }: Snapshot): void {
    this.note('this host', undefined);
    this.note('rtorrent', reasonOf(rtorrent));
    if (!rtorrent.seen) return;
    this.note('the disk', reasonOf(disk));
    if (!disk.seen) return;
    // Where the remote had to answer nothing, it is not known to be back.
    if (!remote.seen || remote.value.size > 0) this.note('the remote', reasonOf(remote));
  }

  /** The turn broke off. */
  fault({ message, remedy }: Fault): void {
    this.note('this host', { reason: message, remedy });
  }

  private note(
    part: WorldPart,
    trouble: { readonly reason: string; readonly remedy?: string | undefined } | undefined,
  ): void {
    if (trouble !== undefined && !this.told.has(part)) {
      this.told.add(part);
      this.reporter.troubled(part, trouble.reason, trouble.remedy);
    } else if (trouble === undefined && this.told.delete(part)) {
      this.reporter.recovered(part);
    }
  }
}

function reasonOf(observed: Observed<unknown>): Exclude<Observed<unknown>, { seen: true }> | undefined {
  return observed.seen ? undefined : observed;
}
