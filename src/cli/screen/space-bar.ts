/** The space as a bar: allocated, reserved, free, and where the limit is. */

import type { Space } from '../../core/budget.ts';
import { formatBytes } from '../../core/units.ts';
import type { Style } from '../report/terminal.ts';
import { widthOf } from '../report/width.ts';
import type { Line } from './line.ts';
import { textOf } from './line.ts';

/** The signs of a bar: with every character set, and where only ASCII is safe. */
export interface Signs {
  readonly allocated: string;
  readonly reserved: string;
  readonly room: string;
  readonly limit: string;
  readonly chosen: string;
  readonly isAscii: boolean;
}

export const unicodeSigns: Signs = {
  allocated: '█',
  reserved: '▒',
  room: '·',
  limit: '│',
  chosen: '▸',
  isAscii: false,
};
export const asciiSigns: Signs = {
  allocated: '#',
  reserved: '=',
  room: '.',
  limit: '|',
  chosen: '>',
  isAscii: true,
};

/** Of so many columns. What is over the limit stands behind its mark. */
export function spaceBar(space: Space, columns: number, signs: Signs): Line {
  const { allocatedBytes, promisedBytes, limitBytes } = space;
  const usedBytes = allocatedBytes + promisedBytes;
  const wholeBytes = Math.max(1, limitBytes, usedBytes);
  const width = Math.max(0, columns - 1);
  const at = (bytes: number): number => Math.round((Math.min(bytes, wholeBytes) / wholeBytes) * width);
  const ends = { allocated: at(allocatedBytes), used: at(usedBytes), limit: at(limitBytes) };
  const part = (from: number, to: number): Line => {
    const first = Math.min(Math.max(ends.allocated, from), to);
    const second = Math.min(Math.max(ends.used, from), to);
    const isOver = from >= ends.limit && ends.limit < width;
    return [
      { text: signs.allocated.repeat(first - from), style: isOver ? 'red' : 'green' },
      { text: signs.reserved.repeat(second - first), style: isOver ? 'red' : 'cyan' },
      { text: signs.room.repeat(to - second), style: 'dim' },
    ];
  };
  const bar = [
    ...part(0, ends.limit),
    { text: signs.limit, style: 'bold' as const },
    ...part(ends.limit, width),
  ];
  return bar.filter(({ text }) => text !== '');
}

/** What the signs mean, with the figures; in figures alone where there is no room for words. */
export function spaceLegend(space: Space, columns: number, signs: Signs): Line {
  const by = space.limitedBy === 'filesystem' ? ', by the disk' : '';
  const parts: readonly (readonly [string, Style, string, number, string])[] = [
    [signs.allocated, 'green', 'allocated', space.allocatedBytes, ''],
    [signs.reserved, 'cyan', 'reserved', space.promisedBytes, ''],
    [signs.room, 'dim', 'free', space.roomBytes, ''],
    [signs.limit, 'bold', 'limit', space.limitBytes, by],
  ];
  const legend = (isInWords: boolean): Line =>
    parts.flatMap(([sign, style, word, bytes, more]) => [
      { text: sign, style },
      { text: ` ${isInWords ? `${word} ` : ''}${formatBytes(bytes)}${more}  ` },
    ]);
  const inWords = legend(true);
  return widthOf(textOf(inWords).trimEnd()) <= columns ? inWords : legend(false);
}
