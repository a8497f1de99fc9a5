/** Priority: what the user wants first, whatever its size. */

export type Priority = 'high' | 'normal' | 'low';

/** The most urgent first. */
export const priorities: readonly Priority[] = ['high', 'normal', 'low'];

/** Names of subdirectories whose .torrent files have that priority; what lies in the managed directory itself is normal. */
export const shelves: readonly Priority[] = ['high', 'low'];

export function isPriority(text: string): text is Priority {
  return (priorities as readonly string[]).includes(text);
}

/** Below 0 where the first is more urgent. */
export function comparePriorities(one: Priority, other: Priority): number {
  return priorities.indexOf(one) - priorities.indexOf(other);
}
