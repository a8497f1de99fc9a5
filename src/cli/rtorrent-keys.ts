/** The configuration's keys about rtorrent: whose it is, where the user's own answers, and how one of ours is set up. */

import * as v from 'valibot';
import type { SocketAddress } from '../adapters/rtorrent-rpc.ts';
import type { PortRange } from '../codec/rtorrent-rc.ts';
import { localPath } from './local-path.ts';

const socketUrl = v.pipe(
  v.string(),
  v.transform(parseSocketUrl),
  v.custom<SocketAddress>(
    (address) => address !== undefined,
    'is no SCGI address; write scgi:///path/to/socket or scgi://host:port, the same as in rtorrent.rc',
  ),
);

const ports = v.pipe(
  v.string(),
  v.transform(parsePorts),
  v.custom<PortRange>(
    (range) => range !== undefined,
    'is no range of ports; write the first and the last, as 6881-6999, or one',
  ),
);

const address = v.pipe(
  v.string(),
  v.check(
    (text) => v.is(v.pipe(v.string(), v.ip()), text),
    'is no IP address; write one of this host, as 10.8.0.2, or remove the line for any',
  ),
);

const yesOrNo = v.pipe(
  v.string(),
  v.toLowerCase(),
  v.picklist(['yes', 'no'], 'is neither; write yes or no'),
  v.transform((text) => text === 'yes'),
);

export const rtorrentKeys = {
  rtorrent: v.optional(
    v.picklist(
      ['external', 'embedded'],
      'is no kind; write external (one that you run, at socket_url) or embedded (one that this program runs)',
    ),
    'external',
  ),
  socket_url: v.optional(socketUrl),
  rtorrent_download_directory: v.optional(localPath),
  rtorrent_ports: v.optional(ports, '6881-6999'),
  rtorrent_address: v.optional(address),
  rtorrent_dht: v.optional(yesOrNo, 'no'),
  rtorrent_pex: v.optional(yesOrNo, 'no'),
  rtorrent_further_rc: v.optional(localPath),
};

/** Keys of an rtorrent of ours alone. */
export const embeddedKeys: readonly string[] = Object.keys(rtorrentKeys).filter((key) =>
  key.startsWith('rtorrent_'),
);

/** Which rtorrent is driven. */
export type RtorrentChoice =
  | { readonly kind: 'external'; readonly address: SocketAddress }
  | {
      readonly kind: 'embedded';
      /** Undefined for one beside its session. */
      readonly downloadDirectory: string | undefined;
      readonly ports: PortRange;
      readonly bindAddress: string | undefined;
      readonly dht: boolean;
      readonly pex: boolean;
      readonly furtherLines: string | undefined;
    };

const rtorrentSchema = v.object(rtorrentKeys);

/** What the values come to; undefined where the address of the user's own rtorrent is missing. */
export function rtorrentChoice(values: v.InferOutput<typeof rtorrentSchema>): RtorrentChoice | undefined {
  if (values.rtorrent === 'external') {
    return values.socket_url === undefined ? undefined : { kind: 'external', address: values.socket_url };
  }
  return {
    kind: 'embedded',
    downloadDirectory: values.rtorrent_download_directory,
    ports: values.rtorrent_ports,
    bindAddress: values.rtorrent_address,
    dht: values.rtorrent_dht,
    pex: values.rtorrent_pex,
    furtherLines: values.rtorrent_further_rc,
  };
}

/** What is wrong with the keys as they stand beside each other, by key. */
export function rtorrentMistakes(values: Readonly<Record<string, string>>): ReadonlyMap<string, string> {
  if (values['rtorrent'] === 'embedded') return new Map();
  const mistakes = new Map<string, string>();
  if (values['socket_url'] === undefined) mistakes.set('socket_url', 'is missing');
  for (const key of embeddedKeys) {
    if (values[key] !== undefined) mistakes.set(key, 'says nothing without rtorrent = embedded; remove it');
  }
  return mistakes;
}

export function parseSocketUrl(text: string): SocketAddress | undefined {
  const path = /^scgi:\/\/(\/.+)$/.exec(text)?.[1];
  if (path !== undefined) return { kind: 'unix', path };
  const tcp = /^scgi:\/\/(\[[0-9a-fA-F:.]+\]|[^/:[\]\s~]+):(\d{1,5})\/?$/.exec(text);
  const port = Number(tcp?.[2]);
  if (tcp?.[1] === undefined || !isPort(port)) return undefined;
  return { kind: 'tcp', host: tcp[1].replace(/^\[|\]$/g, ''), port };
}

function parsePorts(text: string): PortRange | undefined {
  const match = /^(\d{1,5})(?:\s*-\s*(\d{1,5}))?$/.exec(text);
  const first = Number(match?.[1]);
  const last = Number(match?.[2] ?? match?.[1]);
  return isPort(first) && isPort(last) && first <= last ? { first, last } : undefined;
}

function isPort(number: number): boolean {
  return number >= 1 && number <= 65_535;
}
