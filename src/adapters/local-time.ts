/** Moments as people read them, in the time zone of this host. */

/** `2026-11-22 14:05:09`: sorts as text, and reads the same everywhere. */
export function localTime(atMs: number): string {
  const date = new Date(atMs);
  const two = (amount: number): string => String(amount).padStart(2, '0');
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join('-');
  return `${day} ${[date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':')}`;
}
