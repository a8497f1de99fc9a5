/** One stream of server-sent events: a listener of the feed that never lets a slow reader pile messages up. */

import type { ServerResponse } from 'node:http';
import type { Feed, Told } from './feed.ts';

/** Longer than this without a byte, and something on the way may take the connection for dead. */
const heartbeatMs = 15_000;

/**
 * Writes to the response until either side ends it. A reader that does not keep up is told everything anew once it has
 * read what it was sent, in place of all that came meanwhile.
 */
export function streamTo(response: ServerResponse, feed: Feed): void {
  let isBehind = false;
  const write = (told: Told): void => {
    response.write(`event: ${told.kind}\ndata: ${told.data}\n\n`);
  };
  const unsubscribe = feed.subscribe((told) => {
    if (response.writableNeedDrain) isBehind = true;
    else write(told);
  });
  const heartbeat = setInterval(() => {
    if (!response.writableNeedDrain) response.write(': still here\n\n');
  }, heartbeatMs);
  response.on('drain', () => {
    if (!isBehind) return;
    isBehind = false;
    const whole = feed.whole();
    if (whole !== undefined) write(whole);
  });
  response.on('close', () => {
    clearInterval(heartbeat);
    unsubscribe();
  });
  // Before the first look there is nothing to tell: the headers go out all the same.
  response.write(': hello\n\n');
}
