/** Waits for a condition, within a limit, and says well what did not happen. */

/**
 * Asks `predicate` every 25 ms until it gives something truthy, and gives that. A predicate that throws counts as "not
 * yet" (rtorrent may be restarting). After `limitMs` it throws what was waited for, the last error, and `details()`.
 */
export async function until<T>(
  description: string,
  predicate: () => T | Promise<T>,
  limitMs: number,
  details: () => string = () => '',
): Promise<T> {
  const endMs = performance.now() + limitMs;
  let last = 'the condition stayed false';
  for (;;) {
    try {
      const value = await predicate();
      if (value) return value;
      last = `the condition stayed ${String(value)}`;
    } catch (error) {
      last = `the last attempt failed: ${error instanceof Error ? error.message : String(error)}`;
    }
    if (performance.now() > endMs)
      throw new Error(`not within ${limitMs} ms: ${description}; ${last}\n${details()}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
