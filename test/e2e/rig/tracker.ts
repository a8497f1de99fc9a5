/** A minimal HTTP tracker inside the test process: it knows every infohash, answers compactly (BEP 23), counts announces. */

import type { IncomingMessage } from 'node:http';
import { createServer } from 'node:http';
import { bencode } from '../../support/bencode.ts';
import { portOf } from './addresses.ts';

/** What a peer said in one announce. */
export interface Announce {
  /** 40 upper-case hex digits. */
  readonly infohash: string;
  readonly address: string;
  readonly port: number;
  readonly event: 'started' | 'stopped' | 'completed' | '';
  readonly leftBytes: number;
  readonly uploadedBytes: number;
  readonly downloadedBytes: number;
}

export interface Tracker {
  readonly announceUrl: string;
  /** All announces so far, oldest first. */
  readonly announces: readonly Announce[];
  /** The last word of each peer that has not said "stopped". */
  peersOf(infohash: string): readonly Announce[];
  stop(): Promise<void>;
}

/** rtorrent raises a shorter interval to its own minimum: do not count on a second announce coming soon. */
const intervalSeconds = 5;

export async function startTracker(address: string): Promise<Tracker> {
  const announces: Announce[] = [];
  const swarms = new Map<string, Map<string, Announce>>();
  const server = createServer((request, response) => {
    const announce = readAnnounce(request);
    if (announce === undefined) {
      response.end(bencode({ 'failure reason': 'not an announce' }));
      return;
    }
    const swarm = swarms.get(announce.infohash) ?? new Map<string, Announce>();
    swarms.set(announce.infohash, swarm);
    const key = `${announce.address}:${announce.port}`;
    const others = [...swarm.entries()].filter(([peer]) => peer !== key).map(([, peer]) => peer);
    if (announce.event === 'stopped') swarm.delete(key);
    else swarm.set(key, announce);
    announces.push(announce);
    response.end(answer(others));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, address, resolve);
  });
  server.unref();
  return {
    announceUrl: `http://${address}:${portOf(server)}/announce`,
    announces,
    peersOf: (infohash) => [...(swarms.get(infohash)?.values() ?? [])],
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function answer(peers: readonly Announce[]): Buffer {
  const seeds = peers.filter((peer) => peer.leftBytes === 0).length;
  return bencode({
    complete: seeds,
    incomplete: peers.length - seeds,
    interval: intervalSeconds,
    'min interval': intervalSeconds,
    peers: Buffer.concat(
      peers.map((peer) =>
        Buffer.from([...peer.address.split('.').map(Number), peer.port >> 8, peer.port & 0xff]),
      ),
    ),
  });
}

function readAnnounce(request: IncomingMessage): Announce | undefined {
  const fields = readQuery(request.url ?? '');
  const text = (name: string): string => fields.get(name)?.toString('latin1') ?? '';
  const infohash = fields.get('info_hash');
  const port = Number(text('port'));
  if (infohash?.length !== 20 || !Number.isInteger(port) || port < 1 || port > 0xffff) return undefined;
  const event = text('event');
  return {
    infohash: infohash.toString('hex').toUpperCase(),
    address: text('ip') || (request.socket.remoteAddress ?? ''),
    port,
    event: event === 'started' || event === 'stopped' || event === 'completed' ? event : '',
    leftBytes: Number(text('left')),
    uploadedBytes: Number(text('uploaded')),
    downloadedBytes: Number(text('downloaded')),
  };
}

/** The query's fields as bytes: an infohash is no text, so URLSearchParams would spoil it. */
function readQuery(url: string): Map<string, Buffer> {
  const pairs = url.slice(url.indexOf('?') + 1).split('&');
  return new Map(
    pairs.map((pair) => {
      const [name = '', value = ''] = pair.split('=');
      const decoded = value.replace(/%([0-9a-fA-F]{2})/g, (_, digits: string) =>
        String.fromCharCode(Number.parseInt(digits, 16)),
      );
      return [name, Buffer.from(decoded, 'latin1')];
    }),
  );
}
