/** Priority: what the user wants first, whatever its size. */

export type Priority = 'high' | 'normal' | 'low';

/** The most urgent first; the first and the last are subdirectories of the managed directory, too. */
export const priorities: readonly Priority[] = ['high', 'normal', 'low'];

export function isPriority(text: string): text is Priority {
  return (priorities as readonly string[]).includes(text);
}

/** Below 0 where the first is more urgent. */
export function comparePriorities(one: Priority, other: Priority): number {
  return priorities.indexOf(one) - priorities.indexOf(other);
}
