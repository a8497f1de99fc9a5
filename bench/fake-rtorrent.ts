/**
 * A process that stands in for rtorrent: SCGI on a unix socket, one canned answer from a buffer that was made before.
 * Run as a child with an IPC channel: `fake-rtorrent.ts SOCKET REPLY`, where REPLY is a file with the whole answer to
 * the question with which a pass begins. Anything else is answered with a fault, and counted.
 */

import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { createServer } from 'node:net';
import { fieldCommands } from '../src/adapters/rtorrent-fields.ts';
import { faultReply, scgiReply } from '../test/unit/adapters/made-reply.ts';

/** What it did since it was last asked; it is asked by any message. */
export interface FakeReport {
  readonly requests: number;
  /** Requests that it had no answer to. */
  readonly unknown: number;
  readonly receivedBytes: number;
  readonly sentBytes: number;
  /** From the whole request to the last byte of the answer taken by the reader, summed up, in milliseconds. */
  readonly answeringMs: number;
  /** Processor time of this process, in milliseconds. */
  readonly cpuMs: number;
}

const [, , socketPath, replyPath] = process.argv;
if (socketPath === undefined || replyPath === undefined) {
  throw new Error('usage: fake-rtorrent.ts SOCKET REPLY');
}

const answer = readFileSync(replyPath);
const refusal = scgiReply(faultReply);
const nothing = { requests: 0, unknown: 0, receivedBytes: 0, sentBytes: 0, answeringMs: 0 };
let count = { ...nothing };
let cpuBefore = process.cpuUsage();

const server = createServer({ allowHalfOpen: true }, serve);
server.listen(socketPath, () => process.send?.('listening'));

process.on('message', () => {
  const { user, system } = process.cpuUsage(cpuBefore);
  const report: FakeReport = { ...count, cpuMs: (user + system) / 1000 };
  count = { ...nothing };
  cpuBefore = process.cpuUsage();
  process.send?.(report);
});
process.on('disconnect', () => server.close());

function serve(socket: Socket): void {
  let request = Buffer.alloc(0);
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk) => {
    request = Buffer.concat([request, chunk]);
    if (request.length < wholeLength(request)) return;
    const startedAt = performance.now();
    const isKnown = asksForTheList(request.toString('latin1'));
    const reply = isKnown ? answer : refusal;
    count.requests += 1;
    count.unknown += isKnown ? 0 : 1;
    count.receivedBytes += request.length;
    count.sentBytes += reply.length;
    socket.end(reply, () => {
      count.answeringMs += performance.now() - startedAt;
    });
  });
}

/** Netstring of headers (`LENGTH:headers,`), then as many bytes as CONTENT_LENGTH says. */
function wholeLength(bytes: Buffer): number {
  const text = bytes.toString('latin1', 0, 200);
  const match = /^(\d+):CONTENT_LENGTH\0(\d+)\0/.exec(text);
  if (match === null) return Number.POSITIVE_INFINITY;
  return text.indexOf(':') + 1 + Number(match[1]) + 1 + Number(match[2]);
}

/** Whether the request is the one whose answer we hold: these columns, in this order. */
function asksForTheList(request: string): boolean {
  const strings = [...request.matchAll(/<string>([^<]*)<\/string>/g)].map((match) => match[1] ?? '');
  const list = strings.indexOf('d.multicall2');
  const asked = strings.slice(list).filter((text) => text.startsWith('d.') && text.includes('='));
  return list >= 0 && asked.join(' ') === fieldCommands.join(' ');
}
