/** Reads the stream of server-sent events, as it arrives in pieces, back into messages: for both kinds of client. */

import type { StreamMessage } from './wire.ts';

/** Takes pieces of the stream in order and calls `onMessage` for each message that is complete. */
export function messageReader(onMessage: (message: StreamMessage) => void): (piece: string) => void {
  let rest = '';
  return (piece) => {
    // The end of a message may itself be cut in two.
    let from = Math.max(0, rest.length - 1);
    rest += piece;
    for (;;) {
      const end = rest.indexOf('\n\n', from);
      if (end === -1) return;
      const data = dataOf(rest.slice(0, end));
      rest = rest.slice(end + 2);
      from = 0;
      if (data !== '') onMessage(JSON.parse(data) as StreamMessage);
    }
  };
}

function dataOf(block: string): string {
  const lines = block.split('\n').filter((line) => line.startsWith('data: '));
  return lines.map((line) => line.slice('data: '.length)).join('\n');
}
