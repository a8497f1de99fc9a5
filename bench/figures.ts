/** Figures for people: the middle, least and most of some runs, as a table. */

import type { Column } from '../src/cli/report/table.ts';
import { renderTable } from '../src/cli/report/table.ts';

export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

/** Of at least one number. */
export function spreadOf(numbers: readonly number[]): Spread {
  const sorted = numbers.toSorted((one, other) => one - other);
  const middle = sorted.length / 2;
  const low = sorted[Math.ceil(middle) - 1] ?? Number.NaN;
  const high = sorted[Math.floor(middle)] ?? Number.NaN;
  return { median: (low + high) / 2, least: sorted[0] ?? Number.NaN, most: sorted.at(-1) ?? Number.NaN };
}

/** `0.84 (0.82–0.90)`. */
export function showSpread({ median, least, most }: Spread, digits: number): string {
  return `${median.toFixed(digits)} (${least.toFixed(digits)}–${most.toFixed(digits)})`;
}

/** Does it so many times, and answers with how to show a figure of all of them. */
export async function spreadsOf<Figures>(
  runs: number,
  measure: () => Promise<Figures>,
): Promise<(pick: (figures: Figures) => number, digits: number) => string> {
  const all: Figures[] = [];
  for (let run = 0; run < runs; run += 1) all.push(await measure());
  return (pick, digits) => showSpread(spreadOf(all.map(pick)), digits);
}

/** Prints a table with its heading: the first column to the left, the others to the right. */
export function printTable(
  heading: string,
  titles: readonly string[],
  rows: readonly (readonly string[])[],
): void {
  const columns = titles.map((title, index): Column => ({ title, align: index === 0 ? 'left' : 'right' }));
  console.log(`\n${heading}\n`);
  for (const line of renderTable(columns, rows, Number.POSITIVE_INFINITY)) console.log(`  ${line}`);
}
