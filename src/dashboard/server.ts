/** The dashboard's HTTP server: one API over the control socket and, where it is asked for, over TCP. */

import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from './http.ts';
import type { AddressInfo } from 'node:net';
import { Fault } from '../core/fault.ts';
import { Assets, isAssetPath } from './assets.ts';
import { streamTo } from './event-stream.ts';
import { Feed } from './feed.ts';
import type { Entrance, RouteRules } from './guards.ts';
import { refusalOf, safeHeaders } from './guards.ts';
import { Counters } from './metrics.ts';
import type { Answer, Backstage, DashboardWorld } from './routes.ts';
import { refuse, routes } from './routes.ts';
import { listenOnSocket } from './socket-file.ts';

const mostBodyBytes = 16 * 1024;
const mostHeaderBytes = 16 * 1024;
const mostConnections = 128;
const mostStreams = 32;
const requestTimeoutMs = 15_000;

const assetRules: RouteRules = { methods: ['GET', 'HEAD'], isPrivate: false };

/** Opened with the driver, closed with it. */
export class Dashboard {
  private readonly backstage: Backstage;
  private readonly assets: Assets;
  private readonly unsubscribe: () => void;
  private readonly servers: Server[] = [];
  private streams = 0;

  /** `pageDirectory` is where the build put the page. */
  constructor(world: DashboardWorld, pageDirectory: string) {
    const counters = new Counters();
    this.backstage = { world, feed: new Feed(world), counters };
    this.assets = new Assets(pageDirectory);
    this.unsubscribe = world.monitor.subscribe((change) => {
      if (change.kind === 'event') counters.count(change.event);
    });
  }

  /**
   * Serves on a unix socket that only its owner can open. A socket that nobody answers on is replaced; rejects with a
   * `Fault` where somebody does, or where it cannot be made.
   */
  async listenOnSocket(path: string): Promise<void> {
    const server = this.createServer({ kind: 'unix' });
    await listenOnSocket(server, path);
    this.servers.push(server);
  }

  /** Serves on a TCP port; 0 takes any. Resolves with the port. Rejects with a `Fault` where it cannot be had. */
  async listenOnPort(host: string, port: number, token: string | undefined): Promise<number> {
    const server = this.createServer({ kind: 'tcp', host, token });
    await new Promise<void>((resolve, reject) => {
      server.once('error', (error) => {
        reject(
          new Fault(
            'refused',
            `the dashboard cannot listen on ${host}:${port}: ${error.message}`,
            'set dashboard to an address and a port of this host that are free',
          ),
        );
      });
      server.listen({ host, port, exclusive: true }, resolve);
    });
    this.servers.push(server);
    return (server.address() as AddressInfo).port;
  }

  /** Ends every connection. Idempotent. */
  async close(): Promise<void> {
    this.unsubscribe();
    this.backstage.feed.end();
    const closing = this.servers.splice(0).map(
      (server) =>
        new Promise<void>((resolve) => {
          server.close(() => {
            resolve();
          });
          server.closeAllConnections();
        }),
    );
    await Promise.all(closing);
  }

  private createServer(entrance: Entrance): Server {
    const server = createServer(
      {
        maxHeaderSize: mostHeaderBytes,
        headersTimeout: requestTimeoutMs,
        requestTimeout: requestTimeoutMs,
        keepAliveTimeout: 5_000,
      },
      (request, response) => {
        this.serve(request, response, entrance).catch(() => {
          // The visitor has gone, or the answer broke off half-way: there is nobody to tell.
          response.destroy();
        });
      },
    );
    server.maxConnections = mostConnections;
    return server;
  }

  private async serve(request: IncomingMessage, response: ServerResponse, entrance: Entrance): Promise<void> {
    const [path = '/', query = ''] = (request.url ?? '/').split('?', 2);
    const route = routes.find((one) => one.path.test(path));
    const rules = route?.rules ?? (isAssetPath(path) ? assetRules : undefined);
    const refusal = refusalOf(
      factsOf(request),
      entrance,
      rules ?? { methods: ['GET', 'HEAD'], isPrivate: true },
    );
    if (refusal !== undefined) {
      const { status, message, remedy } = refusal;
      if (status === 405 && rules !== undefined) response.setHeader('allow', rules.methods.join(', '));
      if (status === 401) response.setHeader('www-authenticate', 'Bearer');
      send(request, response, refuse(status, message, remedy));
    } else if (route !== undefined) {
      const named = decode(route.path.exec(path)?.[1] ?? '');
      const body = request.method === 'POST' ? await readBody(request) : '';
      if (body === undefined) send(request, response, refuse(413, 'the body is too long'));
      else await this.answer(request, response, route, { query: new URLSearchParams(query), body, named });
    } else if (rules !== undefined) {
      this.sendAsset(request, response, path);
    } else {
      send(request, response, refuse(404, 'there is nothing here', '/openapi.json describes all there is'));
    }
  }

  private async answer(
    request: IncomingMessage,
    response: ServerResponse,
    route: (typeof routes)[number],
    inquiry: Parameters<(typeof routes)[number]['answer']>[0],
  ): Promise<void> {
    let answer: Answer;
    try {
      answer = await route.answer(inquiry, this.backstage);
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      answer = refuse(503, error.message, error.remedy);
    }
    if (answer.kind === 'text') send(request, response, answer);
    else this.stream(request, response);
  }

  private stream(request: IncomingMessage, response: ServerResponse): void {
    if (this.streams >= mostStreams) {
      send(request, response, refuse(503, 'too many are watching', 'close a page that is not needed'));
      return;
    }
    this.streams += 1;
    response.on('close', () => {
      this.streams -= 1;
    });
    response.writeHead(200, {
      ...safeHeaders,
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    });
    streamTo(response, this.backstage.feed);
  }

  private sendAsset(request: IncomingMessage, response: ServerResponse, path: string): void {
    const asset = this.assets.find(path);
    if (asset === undefined) {
      send(request, response, refuse(503, 'the page is not built', 'run npm run build in the checkout'));
      return;
    }
    const headers = { ...safeHeaders, etag: asset.tag, 'cache-control': 'no-cache' };
    if (request.headers['if-none-match'] === asset.tag) {
      response.writeHead(304, headers).end();
      return;
    }
    response.writeHead(200, { ...headers, 'content-type': asset.type, 'content-length': asset.body.length });
    response.end(request.method === 'HEAD' ? undefined : asset.body);
  }
}

function factsOf({ method = 'GET', headers }: IncomingMessage): Parameters<typeof refusalOf>[0] {
  const site = headers['sec-fetch-site'];
  return {
    method,
    host: headers.host,
    origin: headers.origin,
    fetchSite: typeof site === 'string' ? site : undefined,
    authorization: headers.authorization,
    contentType: headers['content-type'],
  };
}

function send(request: IncomingMessage, response: ServerResponse, answer: Answer): void {
  if (answer.kind !== 'text') return;
  const body = Buffer.from(answer.text);
  response.writeHead(answer.status, {
    ...safeHeaders,
    'content-type': answer.type,
    'content-length': body.length,
    'cache-control': 'no-store',
    // What was not read of a request must not be taken for the next one.
    ...(answer.status >= 400 ? { connection: 'close' } : {}),
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}

/** Undefined where it is too long. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += (chunk as Buffer).length;
    if (bytes > mostBodyBytes) return undefined;
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}
