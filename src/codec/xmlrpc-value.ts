/** What can be said to rtorrent over XML-RPC, and what it can answer. */

import type { ByteString } from '../core/bytes.ts';

/**
 * A value in an answer. Integers are numbers where that is exact, bigints beyond; a boolean is 0 or 1; base64 is given
 * decoded; `nil` is null. Long strings are views of the whole answer and keep it in memory as long as they live.
 */
export type XmlRpcValue = number | bigint | ByteString | null | readonly XmlRpcValue[] | XmlRpcStruct;

/** A map and no object, so that no member's name can mean something to JavaScript. */
export type XmlRpcStruct = ReadonlyMap<ByteString, XmlRpcValue>;

/** A value in a call. Bytes that are to survive whatever they are go as base64, rtorrent's strings are UTF-8. */
export type XmlRpcParameter =
  | number
  | bigint
  | ByteString
  | { readonly base64: Uint8Array }
  | readonly XmlRpcParameter[]
  | { readonly [name: string]: XmlRpcParameter };

export interface XmlRpcCall {
  readonly method: string;
  readonly parameters: readonly XmlRpcParameter[];
}

/**
 * rtorrent understood the call and says no. Codes and texts differ between its versions ("Could not find info-hash."
 * became "invalid parameters: info-hash not found"), so look for absence in `download_list` and not at the text.
 */
export class XmlRpcFault extends Error {
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.name = 'XmlRpcFault';
    this.code = code;
  }
}
