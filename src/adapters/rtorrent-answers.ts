/** Calls to rtorrent, and what comes back: written and read in one way by everything that talks to it. */

import { CodecError } from '../codec/codec-error.ts';
import type { XmlRpcCall, XmlRpcValue } from '../codec/xmlrpc-value.ts';
import { XmlRpcFault } from '../codec/xmlrpc-value.ts';
import type { ByteString } from '../core/bytes.ts';
import { Fault } from '../core/fault.ts';
import type { RtorrentRpc } from './rtorrent-rpc.ts';

export function command(method: string, ...parameters: readonly ByteString[]): XmlRpcCall {
  return { method, parameters };
}

/** Several calls in one request, of which each has to succeed, but for those of `mayFail`: undefined where they do not. */
export async function askAll(
  rpc: RtorrentRpc,
  calls: readonly XmlRpcCall[],
  mayFail: ReadonlySet<string> = new Set(),
): Promise<readonly (XmlRpcValue | undefined)[]> {
  const answers = await rpc.multicall(calls);
  return answers.map((answer, index) => {
    if (!(answer instanceof XmlRpcFault)) return answer;
    const method = calls[index]?.method ?? 'a call';
    if (mayFail.has(method)) return undefined;
    throw new Fault('refused', `rtorrent refuses ${method}: ${answer.message}`);
  });
}

/** @throws CodecError */
export function rowsOf(value: XmlRpcValue | undefined): readonly XmlRpcValue[] {
  if (!Array.isArray(value)) throw new CodecError('xmlrpc', 'A list was expected.');
  return value as readonly XmlRpcValue[];
}

/** @throws CodecError */
export function required(value: XmlRpcValue | undefined): XmlRpcValue {
  if (value === undefined) throw new CodecError('xmlrpc', 'An answer is missing.');
  return value;
}

/** What cannot be read is a fault of rtorrent's, told in one way. */
export function understood<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof CodecError)
      throw new Fault('garbled', `rtorrent's answer is not as expected: ${error.message}`);
    throw error;
  }
}
