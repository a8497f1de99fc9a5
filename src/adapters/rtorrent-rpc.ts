/** XML-RPC over SCGI to rtorrent, on a unix socket or TCP: one connection a call, as SCGI has it. */

import { createConnection } from 'node:net';
import { CodecError } from '../codec/codec-error.ts';
import { encodeRequest, parseResponse } from '../codec/scgi.ts';
import { decodeMulticall, decodeResponse } from '../codec/xmlrpc-decode.ts';
import { encodeCall, encodeMulticall } from '../codec/xmlrpc-encode.ts';
import type { XmlRpcCall, XmlRpcParameter, XmlRpcValue } from '../codec/xmlrpc-value.ts';
import { XmlRpcFault } from '../codec/xmlrpc-value.ts';
import type { ByteString } from '../core/bytes.ts';
import { asByteString, printableText } from '../core/bytes.ts';
import { Fault } from '../core/fault.ts';
import { Reply } from './rtorrent-reply.ts';

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
/** What is read at once. */
const chunkBytes = 64 * 1024;

export class RtorrentRpc {
  /** How many requests were made: a pass is to make few, however many torrents there are. */
  requests = 0;
  private readonly address: SocketAddress;
  private readonly absence: () => Absence;
  private readonly timeoutMs: number;
  /** Of an answer that was read: the next one, which is likely to be as long, is read into it. */
  private spare: Buffer | undefined;

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
    const reply = new Reply(this.spare);
    this.spare = undefined;
    try {
      await this.send(request, reply);
    } catch (error) {
      // rtorrent 0.16 resets the first connection after a minute without any: no byte of an answer, nothing done.
      if (!isReset(error)) throw this.unreachable(error);
      await this.send(request, reply).catch((again: unknown) => {
        throw this.unreachable(again);
      });
    }
    const bytes = reply.bytes();
    try {
      const { body } = parseResponse(bytes);
      return asByteString(bytes.subarray(body.byteOffset - bytes.byteOffset).toString('latin1'));
    } catch (error) {
      throw asFault(error, 'the request');
    } finally {
      this.spare = reply.memoryIfSmall();
    }
  }

  /** Resolves once the whole answer is in `reply`. */
  private async send(request: Uint8Array, reply: Reply): Promise<void> {
    this.requests += 1;
    await new Promise<void>((resolve, reject) => {
      const { address } = this;
      const finish = (settle: () => void): void => {
        clearTimeout(timer);
        socket.destroy();
        settle();
      };
      const take = (length: number, chunk: Uint8Array): boolean => {
        reply.add(chunk.subarray(0, length));
        if (reply.length > longestReplyBytes) {
          finish(() => {
            reject(new Fault('limit', "rtorrent's answer is longer than 256 MiB"));
          });
        } else if (reply.isWhole()) finish(resolve);
        return true;
      };
      const socket = createConnection({
        ...(address.kind === 'unix' ? { path: address.path } : { host: address.host, port: address.port }),
        onread: { buffer: Buffer.allocUnsafeSlow(chunkBytes), callback: take },
      });
      const timer = setTimeout(() => {
        finish(() => {
          reject(new Fault('limit', `rtorrent did not answer within ${this.timeoutMs / 1000} s`));
        });
      }, this.timeoutMs);
      socket.on('connect', () => socket.write(request));
      socket.on('end', () => {
        finish(() => {
          if (reply.length > 0) resolve();
          else reject(new Fault('garbled', 'rtorrent closed the connection without an answer'));
        });
      });
      socket.on('error', (error) => {
        finish(() => {
          // Once an answer has begun, the call has been carried out: it is not to be made again.
          reject(reply.length > 0 ? new Fault('garbled', "rtorrent's answer was cut off") : error);
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
