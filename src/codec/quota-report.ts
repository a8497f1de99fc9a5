/** Reads what `quota` prints (Linux quota tools): how much of which filesystem the user has taken, and may take. */

export interface QuotaRow {
  readonly mountPoint: string;
  readonly usedBytes: number;
  /** The lower of the limits that are set: beyond the soft one writing is refused as soon as its grace is over. */
  readonly limitBytes: number;
}

/** `quota` counts in blocks of this size, whatever the filesystem's is (quota(1)). */
const blockBytes = 1024;

/**
 * What `quota --no-wrap --raw-grace --show-mntpoint --hide-device` prints, for users and groups. Filesystems without a
 * limit are left out.
 */
export function parseQuotaReport(text: string): readonly QuotaRow[] {
  return text.split('\n').flatMap((line) => {
    // The mount point, then four columns for blocks and four for files; a star marks what is beyond its limit.
    const match = /^\s*(\/.*?)\s+(\d+)\*?\s+(\d+)\s+(\d+)\s+\d+\s+\d+\*?\s+\d+\s+\d+\s+\d+\s*$/.exec(line);
    if (match?.[1] === undefined) return [];
    const limits = [Number(match[3]), Number(match[4])].filter((limit) => limit > 0);
    if (limits.length === 0) return [];
    return [
      {
        mountPoint: match[1],
        usedBytes: Number(match[2]) * blockBytes,
        limitBytes: Math.min(...limits) * blockBytes,
      },
    ];
  });
}
