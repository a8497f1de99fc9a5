/** The decoders that are compared: this program's own and those of npm, each from the same bytes to values. */

import { Readable } from 'node:stream';
import { XMLParser } from 'fast-xml-parser';
import parseTorrent from 'parse-torrent';
import Deserializer from 'xmlrpc/lib/deserializer.js';
import bencode from 'bencode';
import { parseTorrentBytes } from '../src/adapters/torrent-file.ts';
import { decodeBencode } from '../src/codec/bencode.ts';
import { decodeResponse } from '../src/codec/xmlrpc-decode.ts';
import { asByteString } from '../src/core/bytes.ts';

export interface Contender {
  readonly name: string;
  readonly isOurs: boolean;
  /** Rejects, or throws, where it refuses the bytes. */
  readonly decode: (bytes: Buffer) => unknown;
}

/** Most libraries of XML make a tree; an answer becomes values in a second walk. */
const tree = new XMLParser({
  ignoreAttributes: true,
  ignoreDeclaration: true,
  parseTagValue: false,
  trimValues: false,
  isArray: (name, path) => name === 'value' && String(path).endsWith('data.value'),
});

export const xmlRpcDecoders: readonly Contender[] = [
  {
    name: 'src/codec/xmlrpc-decode',
    isOurs: true,
    decode: (bytes) => decodeResponse(asByteString(bytes.toString('latin1'))),
  },
  {
    name: 'fast-xml-parser, the tree alone',
    isOurs: false,
    decode: (bytes) => tree.parse(bytes.toString('utf8')) as unknown,
  },
  { name: 'fast-xml-parser, and values from it', isOurs: false, decode: decodeByTree },
  { name: 'xmlrpc (its deserializer, on sax)', isOurs: false, decode: decodeByXmlRpc },
];

export const metainfoDecoders: readonly Contender[] = [
  {
    name: 'src/codec/metainfo (checks, infohash)',
    isOurs: true,
    decode: (bytes) => parseTorrentBytes(bytes).metainfo,
  },
  { name: 'parse-torrent (infohash)', isOurs: false, decode: parseTorrent },
  { name: 'bencode (values alone)', isOurs: false, decode: (bytes) => bencode.decode(bytes) },
];

export const bencodeDecoders: readonly Contender[] = [
  { name: 'src/codec/bencode', isOurs: true, decode: decodeBencode },
  { name: 'bencode', isOurs: false, decode: (bytes) => bencode.decode(bytes) },
];

interface ResponseTree {
  readonly methodResponse?: { readonly params?: { readonly param?: { readonly value?: unknown } } };
}

function decodeByTree(bytes: Buffer): unknown {
  const { methodResponse } = tree.parse(bytes.toString('utf8')) as ResponseTree;
  const value = methodResponse?.params?.param?.value;
  if (value === undefined) throw new Error('no answer');
  return valueOf(value);
}

/** Numbers as numbers; the text of a tag is a string, or `#text` where there is white space beside other tags. */
function valueOf(node: unknown): unknown {
  if (typeof node === 'string') return node;
  const typed = node as Readonly<Record<string, unknown>>;
  if (typed['i8'] !== undefined) return integerOf(typed['i8']);
  if (typed['string'] !== undefined) return typed['string'];
  if (typed['i4'] !== undefined) return integerOf(typed['i4']);
  const array = typed['array'] as { readonly data?: { readonly value?: readonly unknown[] } } | undefined;
  if (array !== undefined) return (array.data?.value ?? []).map(valueOf);
  throw new Error(`a value of an unknown type: ${Object.keys(typed).join(' ')}`);
}

function integerOf(text: unknown): number | bigint {
  const rounded = Number(text);
  return Number.isSafeInteger(rounded) ? rounded : BigInt(text as string);
}

/** In pieces of 64 KiB, as they come from a socket. */
function decodeByXmlRpc(bytes: Buffer): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const stream = new Readable({ read: () => undefined });
    new Deserializer().deserializeMethodResponse(stream, (error, value) => {
      if (error instanceof Error) reject(error);
      else resolve(value);
    });
    for (let at = 0; at < bytes.length; at += 65_536) stream.push(bytes.subarray(at, at + 65_536));
    stream.push(null);
  });
}
