/** XML-RPC over SCGI to rtorrent, on a unix socket or TCP: one connection a call, as SCGI has it. */

import { createConnection } from 'node:net';
import { CodecError } from '../codec/codec-error.ts';
import { encodeRequest, expectedLength, parseResponse } from '../codec/scgi.ts';
import { decodeMulticall, decodeResponse } from '../codec/xmlrpc-decode.ts';
import { encodeCall, encodeMulticall } from '../codec/xmlrpc-encode.ts';
import type { XmlRpcCall, XmlRpcParameter, XmlRpcValue } from '../codec/xmlrpc-value.ts';
import { XmlRpcFault } from '../codec/xmlrpc-value.ts';
import type { ByteString } from '../core/bytes.ts';
import { asByteString, printableText } from '../core/bytes.ts';
import { Fault } from '../core/fault.ts';

/** Where rtorrent listens. */
export type SocketAddress =
  | { readonly kind: 'unix'; readonly path: string }
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number };

/** What is said where nothing answers: why, where more is known than that, and what to do about it. */
export interface Absence {
  readonly reason?: string | undefined;
  readonly remedy: string;
}

const externalAbsence: Absence = {
  remedy:
    'start rtorrent, and make socket_url the same as network.scgi.open_local (or open_port) in rtorrent.rc',
};

/** Thousands of torrents take rtorrent 50 ms; saving a large session blocks it for seconds. */
const answerTimeoutMs = 60_000;
const longestReplyBytes = 256 * 1024 ** 2;

export class RtorrentRpc {
  /** How many requests were made: a pass is to make few, however many torrents there are. */
  requests = 0;
  private readonly address: SocketAddress;
  private readonly absence: () => Absence;
  private readonly timeoutMs: number;

  constructor(
    address: SocketAddress,
    absence: () => Absence = () => externalAbsence,
    timeoutMs = answerTimeoutMs,
  ) {
    this.address = address;
    this.absence = absence;
    this.timeoutMs = timeoutMs;
  }

  /** One call. Rejects with a `Fault` where rtorrent cannot be reached or understood, or says no. */
  async call(method: string, ...parameters: readonly XmlRpcParameter[]): Promise<XmlRpcValue> {
    try {
      return decodeResponse(await this.exchange(encodeCall(method, parameters)));
    } catch (error) {
      throw asFault(error, method);
    }
  }

  /** Several calls in one request; each answer is a value or the fault of that call alone. */
  async multicall(calls: readonly XmlRpcCall[]): Promise<readonly (XmlRpcValue | XmlRpcFault)[]> {
    const body = await this.exchange(encodeMulticall(calls));
    try {
      const values = decodeMulticall(decodeResponse(body));
      if (values.length === calls.length) return values;
    } catch (error) {
      throw asFault(error, 'system.multicall');
    }
    throw new Fault('garbled', 'rtorrent answered another number of calls than it was asked');
  }

  private async exchange(call: ByteString): Promise<ByteString> {
    const request = encodeRequest(Buffer.from(call, 'latin1'));
    let reply: Buffer;
    try {
      reply = await this.send(request);
    } catch (error) {
      // rtorrent 0.16 resets the first connection after a minute without any: no byte of an answer, nothing done.
      if (!isReset(error)) throw this.unreachable(error);
      reply = await this.send(request).catch((again: unknown) => {
        throw this.unreachable(again);
      });
    }
    try {
      const { body } = parseResponse(reply);
      return asByteString(reply.subarray(body.byteOffset - reply.byteOffset).toString('latin1'));
    } catch (error) {
      throw asFault(error, 'the request');
    }
  }

  private async send(request: Uint8Array): Promise<Buffer> {
    this.requests += 1;
    return await new Promise((resolve, reject) => {
      const { address } = this;
      const socket = createConnection(
        address.kind === 'unix' ? { path: address.path } : { host: address.host, port: address.port },
      );
      const chunks: Buffer[] = [];
      let received = 0;
      const finish = (settle: () => void): void => {
        clearTimeout(timer);
        socket.destroy();
        settle();
      };
      const timer = setTimeout(() => {
        finish(() => {
          reject(new Fault('limit', `rtorrent did not answer within ${this.timeoutMs / 1000} s`));
        });
      }, this.timeoutMs);
      socket.on('connect', () => socket.write(request));
      socket.on('data', (chunk) => {
        chunks.push(chunk);
        received += chunk.length;
        if (received > longestReplyBytes) {
          finish(() => {
            reject(new Fault('limit', "rtorrent's answer is longer than 256 MiB"));
          });
        } else if (isWhole(chunks, received)) {
          finish(() => {
            resolve(Buffer.concat(chunks));
          });
        }
      });
      socket.on('end', () => {
        finish(() => {
          if (received > 0) resolve(Buffer.concat(chunks));
          else reject(new Fault('garbled', 'rtorrent closed the connection without an answer'));
        });
      });
      socket.on('error', (error) => {
        finish(() => {
          // Once an answer has begun, the call has been carried out: it is not to be made again.
          reject(received > 0 ? new Fault('garbled', "rtorrent's answer was cut off") : error);
        });
      });
    });
  }

  private unreachable(error: unknown): unknown {
    if (error instanceof Fault || !(error instanceof Error)) return error;
    const { address } = this;
    const where = address.kind === 'unix' ? address.path : `${address.host}:${address.port}`;
    const code = (error as NodeJS.ErrnoException).code;
    const { reason, remedy } = this.absence();
    return new Fault(
      'unreachable',
      reason ?? `rtorrent does not answer at ${where} (${code ?? error.message})`,
      code === 'EACCES' ? 'run as the same user as rtorrent' : remedy,
    );
  }
}

/** The head tells the length; it is in the first chunk, or soon after. */
function isWhole(chunks: Buffer[], received: number): boolean {
  const first = chunks[0];
  if (first === undefined) return false;
  const head = first.length >= 256 || chunks.length === 1 ? first : Buffer.concat(chunks);
  try {
    const expected = expectedLength(head);
    return expected !== undefined && received >= expected;
  } catch {
    // No head that we understand: what follows the end of the connection is judged as a whole.
    return false;
  }
}

function isReset(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  // On a unix socket the same shows as a broken pipe, where it comes before the request is written.
  return code === 'ECONNRESET' || code === 'EPIPE';
}

/** What rtorrent says no to, and what it says that we do not understand; anything else passes as it is. */
function asFault(error: unknown, method: string): unknown {
  if (error instanceof XmlRpcFault) {
    return new Fault('refused', `rtorrent refuses ${method}: ${printableText(error.message)}`);
  }
  return error instanceof CodecError
    ? new Fault('garbled', `rtorrent's answer cannot be understood: ${error.message}`)
    : error;
}
