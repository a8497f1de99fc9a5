/** Sizes, rates and times: as people write them in the configuration, and as they like to read them. */

const binaryPrefixes = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi'] as const;
const factors: Readonly<Record<string, number>> = {
  '': 1,
  k: 1000,
  m: 1000 ** 2,
  g: 1000 ** 3,
  t: 1000 ** 4,
  ki: 1024,
  mi: 1024 ** 2,
  gi: 1024 ** 3,
  ti: 1024 ** 4,
};

/**
 * A size in bytes: a bare number, or one with a unit, `3GiB` (1024-based) or `3 GB` (1000-based), in any case.
 * Undefined for anything else, a part of a byte among it. `1.5 GiB` is rounded to whole bytes.
 */
export function parseBytes(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*([kmgt]?i?)b?$/i.exec(text.trim());
  const factor = factors[match?.[2]?.toLowerCase() ?? 'none'];
  if (match?.[1] === undefined || factor === undefined) return undefined;
  if (factor === 1 && match[1].includes('.')) return undefined;
  const bytes = Math.round(Number(match[1]) * factor);
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}

const secondsOf: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

/** A time in milliseconds: whole numbers with units, `72h`, `1d 12h`, or a bare `0`; undefined for anything else. */
export function parseDuration(text: string): number | undefined {
  const trimmed = text.trim().toLowerCase();
  if (trimmed === '0') return 0;
  if (!/^(\d{1,6}\s*[smhdw]\s*)+$/.test(trimmed)) return undefined;
  let seconds = 0;
  for (const [, amount, unit] of trimmed.matchAll(/(\d+)\s*([smhdw])/g)) {
    seconds += Number(amount) * (secondsOf[unit ?? ''] ?? 0);
  }
  return seconds * 1000;
}

/** `1.5 GiB`, `1023 B`: binary units, one decimal below 100. */
export function formatBytes(bytes: number): string {
  let amount = bytes;
  let step = 0;
  while (Math.abs(amount) >= 1023.5 && step < binaryPrefixes.length - 1) {
    amount /= 1024;
    step += 1;
  }
  const digits = step === 0 || Math.abs(amount) >= 99.95 ? 0 : 1;
  return `${amount.toFixed(digits)} ${binaryPrefixes[step] ?? ''}B`;
}

/** `1 file`, `2 files`. */
export function countOf(amount: number, noun: string): string {
  return `${amount} ${noun}${amount === 1 ? '' : 's'}`;
}

/** `12.3 MiB/s`. */
export function formatRate(bytesPerSecond: number): string {
  return `${formatBytes(bytesPerSecond)}/s`;
}

/** `8s`, `3m 20s`, `2h 5m`, `4d 1h`: the two largest units. */
export function formatDuration(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  const parts = [
    [Math.floor(seconds / 86400), 'd'],
    [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'm'],
    [seconds % 60, 's'],
  ] as const;
  const first = parts.findIndex(([amount]) => amount > 0);
  if (first === -1) return '0s';
  return parts
    .slice(first, first + 2)
    .filter(([amount]) => amount > 0)
    .map(([amount, unit]) => `${amount}${unit}`)
    .join(' ');
}
