/** The types of those packages that the benchmarks compare with and that bring none: as far as they are used here. */

// eslint-disable-next-line no-restricted-syntax -- only so can a package without types be given some.
declare module 'bencode' {
  const bencode: { readonly decode: (bytes: Uint8Array) => unknown };
  export default bencode;
}

// eslint-disable-next-line no-restricted-syntax -- only so can a package without types be given some.
declare module 'parse-torrent' {
  export interface ParsedTorrent {
    readonly infoHash: string;
    readonly name: string;
    readonly length: number;
    readonly files: readonly { readonly path: string; readonly length: number }[];
  }
  export default function parseTorrent(bytes: Uint8Array): Promise<ParsedTorrent>;
}

// eslint-disable-next-line no-restricted-syntax -- only so can a package without types be given some.
declare module 'xmlrpc/lib/deserializer.js' {
  import type { Readable } from 'node:stream';

  export default class Deserializer {
    constructor(encoding?: string);
    deserializeMethodResponse(
      stream: Readable,
      callback: (error: Error | null | undefined, value?: unknown) => void,
    ): void;
  }
}
