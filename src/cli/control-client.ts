/** Asks the daemon over its control socket: the other end of the dashboard's server. */

import type { IncomingMessage } from 'node:http';
import { request } from '../dashboard/http.ts';
import type { Outcome } from '../core/action.ts';
import { Fault } from '../core/fault.ts';
import type { Infohash } from '../core/metainfo.ts';
import { messageReader } from '../dashboard/message-reader.ts';
import { shortPath } from '../dashboard/socket-file.ts';
import type { HistoryEntry, Refusal, Story, StreamMessage } from '../dashboard/wire.ts';
import type { Command } from '../driver/commands.ts';
import type { PlanReport } from '../driver/plan-report.ts';
import type { StatusReport } from '../driver/report.ts';

const answerTimeoutMs = 10_000;
const mostAnswerBytes = 256 * 1024 ** 2;
/** The server says that it is there more often than this. */
const silenceMs = 60_000;

interface Received {
  readonly status: number;
  readonly text: string;
}

/** Each method answers undefined where no daemon answers, and rejects with a `Fault` where one does, but not as it should. */
export class ControlClient {
  private readonly socketPath: string;

  constructor(socketPath: string) {
    this.socketPath = socketPath;
  }

  /** Undefined as well while the daemon has not looked yet. */
  async status(): Promise<StatusReport | undefined> {
    return (await this.read('/api/v1/status')) as StatusReport | undefined;
  }

  /** Undefined as well while the daemon has not looked yet. */
  async plan(): Promise<PlanReport | undefined> {
    return (await this.read('/api/v1/plan')) as PlanReport | undefined;
  }

  /** Undefined as well where nobody ever heard of the torrent. */
  async story(infohash: Infohash): Promise<Story | undefined> {
    return (await this.read(`/api/v1/torrents/${infohash}`)) as Story | undefined;
  }

  async history(limit: number): Promise<readonly HistoryEntry[] | undefined> {
    const answer = await this.read(`/api/v1/history?limit=${limit}`);
    return (answer as { readonly events: readonly HistoryEntry[] } | undefined)?.events;
  }

  /** Has the daemon carry a command out. */
  async tell(command: Command): Promise<Outcome | undefined> {
    const received = await this.ask('POST', '/api/v1/commands', JSON.stringify(command));
    if (received === undefined) return undefined;
    if (received.status === 200) return parse(received.text) as Outcome;
    const { error } = parse(received.text) as Refusal;
    return { kind: 'failed', message: error.message, remedy: error.remedy };
  }

  /**
   * Calls `onMessage` with everything at first, then with what changes, until the signal is given or the daemon ends.
   * Answers whether a daemon was there.
   */
  async watch(onMessage: (message: StreamMessage) => void, signal: AbortSignal): Promise<boolean> {
    const response = await this.open('GET', '/api/v1/events', undefined, { timeoutMs: silenceMs, signal });
    if (response === undefined) return false;
    if (response.statusCode !== 200) throw new Fault('refused', 'the daemon does not let anybody watch now');
    const read = messageReader(onMessage);
    response.setEncoding('utf8');
    try {
      for await (const piece of response) read(piece as string);
    } catch (error) {
      // Ended by us, or with the daemon: either way it is over.
      if (error instanceof SyntaxError) throw new Fault('garbled', 'the daemon sends what cannot be read');
    }
    return true;
  }

  private async read(path: string): Promise<unknown> {
    const received = await this.ask('GET', path, undefined);
    if (received === undefined || received.status === 404) return undefined;
    if (received.status === 200) return parse(received.text);
    const { error } = parse(received.text) as Refusal;
    if (received.status === 503) return undefined;
    throw new Fault('refused', `the daemon says: ${error.message}`, error.remedy);
  }

  private async ask(method: string, path: string, body: string | undefined): Promise<Received | undefined> {
    const response = await this.open(method, path, body, { timeoutMs: answerTimeoutMs });
    if (response === undefined) return undefined;
    const chunks: Buffer[] = [];
    let bytes = 0;
    try {
      for await (const chunk of response) {
        bytes += (chunk as Buffer).length;
        if (bytes > mostAnswerBytes) break;
        chunks.push(chunk as Buffer);
      }
    } catch {
      throw new Fault('garbled', 'the daemon broke off its answer');
    }
    return { status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') };
  }

  /** Resolves with the head of the answer; undefined where nobody listens. */
  private async open(
    method: string,
    path: string,
    body: string | undefined,
    limits: { readonly timeoutMs: number; readonly signal?: AbortSignal },
  ): Promise<IncomingMessage | undefined> {
    const short = shortPath(this.socketPath);
    try {
      return await new Promise<IncomingMessage | undefined>((resolve, reject) => {
        const asking = request({
          socketPath: short.path,
          method,
          path,
          headers: {
            host: 'localhost',
            ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          },
          timeout: limits.timeoutMs,
          ...(limits.signal === undefined ? {} : { signal: limits.signal }),
        });
        asking.once('response', resolve);
        asking.once('timeout', () =>
          asking.destroy(new Fault('limit', 'the daemon does not answer in time')),
        );
        asking.once('error', (error: NodeJS.ErrnoException) => {
          if (error.code === 'ENOENT' || error.code === 'ECONNREFUSED' || limits.signal?.aborted === true) {
            resolve(undefined);
          } else {
            reject(error instanceof Fault ? error : new Fault('unreachable', `the daemon: ${error.message}`));
          }
        });
        asking.end(body);
      });
    } finally {
      short.release();
    }
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Fault('garbled', 'the daemon answers in what is no JSON', 'use one version for both');
  }
}
