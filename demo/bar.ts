/** Bars of block characters, fine to an eighth of a column. */

const eighths = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'] as const;

/** A bar that is filled to `share` (0–1; more counts as 1). */
export function bar(share: number, columns: number): string {
  const filled = Math.round(clamp(share) * columns * 8);
  const blocks = '█'.repeat(Math.floor(filled / 8)) + (eighths[filled % 8] ?? '');
  return blocks + '░'.repeat(columns - blocks.length);
}

/** A bar of three parts, to be coloured each in its own way: `whole` of it is done, up to `begun` of it is on its way. */
export function layeredBar(
  whole: number,
  begun: number,
  columns: number,
): { readonly whole: string; readonly begun: string; readonly rest: string } {
  const wholeColumns = Math.floor(clamp(whole) * columns);
  const begunColumns = Math.max(wholeColumns, Math.round(clamp(begun) * columns));
  return {
    whole: '█'.repeat(wholeColumns),
    begun: '▒'.repeat(begunColumns - wholeColumns),
    rest: '░'.repeat(columns - begunColumns),
  };
}

function clamp(share: number): number {
  return Number.isFinite(share) ? Math.min(1, Math.max(0, share)) : 0;
}
