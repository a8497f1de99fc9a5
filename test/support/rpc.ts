/**
 * The tests' own eye on rtorrent: one XML-RPC call over SCGI. It shares nothing with the program's codec, on purpose: what
 * judges the program must not make the program's mistakes.
 */

import { connect } from 'node:net';

/** What can be sent: text as `<string>`, whole numbers as `<i8>`, bytes as `<base64>`, lists as `<array>`. */
export type RpcParameter = string | number | Buffer | readonly RpcParameter[];

/** What comes back; text as rtorrent sent it (0.9.8 puts `?` for bytes that are not UTF-8 and for emoji). */
export type RpcValue = string | number | RpcValue[] | { [name: string]: RpcValue };

/** rtorrent answered that the call failed. */
export class RpcFault extends Error {
  readonly code: number;

  constructor(method: string, code: number, text: string) {
    super(`${method}: rtorrent answered fault ${code}: ${text}`);
    this.name = 'RpcFault';
    this.code = code;
  }
}

/** Calls one method. Rejects with an RpcFault, or with an Error when nothing answers within `timeoutMs`. */
export async function call(
  socketPath: string,
  method: string,
  parameters: readonly RpcParameter[] = [],
  timeoutMs = 10_000,
): Promise<RpcValue> {
  const body = Buffer.from(
    `<?xml version="1.0"?><methodCall><methodName>${method}</methodName><params>` +
      parameters.map((parameter) => `<param>${encode(parameter)}</param>`).join('') +
      '</params></methodCall>',
  );
  const headers = `CONTENT_LENGTH\0${body.length}\0SCGI\x001\0`;
  const request = Buffer.concat([Buffer.from(`${headers.length}:${headers},`, 'latin1'), body]);
  const reply = (await exchange(socketPath, request, timeoutMs)).toString('utf8');
  const start = reply.indexOf('<methodResponse>');
  if (start < 0) throw new Error(`${method}: no answer in: ${JSON.stringify(reply.slice(0, 200))}`);
  const value = new ValueReader(reply, reply.indexOf('<value>', start)).read();
  if (reply.startsWith('<fault>', reply.indexOf('<', start + '<methodResponse>'.length))) {
    const fault = value as { faultCode?: number; faultString?: string };
    throw new RpcFault(method, fault.faultCode ?? 0, fault.faultString ?? '');
  }
  return value;
}

function encode(parameter: RpcParameter): string {
  if (typeof parameter === 'string') return `<value><string>${escape(parameter)}</string></value>`;
  if (typeof parameter === 'number') return `<value><i8>${parameter}</i8></value>`;
  if (Buffer.isBuffer(parameter)) return `<value><base64>${parameter.toString('base64')}</base64></value>`;
  const items = parameter;
  return `<value><array><data>${items.map(encode).join('')}</data></array></value>`;
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function unescape(text: string): string {
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replace(/&#(\d+);|&#x([0-9a-fA-F]+);/g, (_, decimal?: string, hex?: string) =>
      String.fromCodePoint(decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal)),
    )
    .replaceAll('&amp;', '&');
}

function exchange(socketPath: string, request: Buffer, timeoutMs: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = connect(socketPath);
    const timer = setTimeout(
      () => socket.destroy(new Error(`${socketPath}: no answer in ${timeoutMs} ms`)),
      timeoutMs,
    );
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.on('error', reject);
    socket.on('close', () => {
      clearTimeout(timer);
      resolve(Buffer.concat(chunks));
    });
    socket.write(request);
  });
}

/** Reads `<value>` elements, as xmlrpc-c writes them, from one place onwards. */
class ValueReader {
  readonly #text: string;
  #at: number;

  constructor(text: string, at: number) {
    this.#text = text;
    this.#at = at;
  }

  read(): RpcValue {
    this.#tag('value');
    const type = /<(\w+)/.exec(this.#text.slice(this.#at, this.#at + 40))?.[1] ?? '';
    this.#tag(type);
    let value: RpcValue;
    if (type === 'array') value = this.#items();
    else if (type === 'struct') value = this.#members();
    else {
      const content = this.#until(`</${type}>`);
      value = type === 'string' ? unescape(content) : Number(content);
    }
    this.#until('</value>');
    return value;
  }

  #items(): RpcValue[] {
    const items: RpcValue[] = [];
    this.#tag('data');
    while (this.#peek() === '<value>') items.push(this.read());
    this.#until('</array>');
    return items;
  }

  #members(): { [name: string]: RpcValue } {
    const members: { [name: string]: RpcValue } = {};
    while (this.#peek() === '<member>') {
      this.#until('<name>');
      const name = this.#until('</name>');
      members[name] = this.read();
      this.#until('</member>');
    }
    this.#until('</struct>');
    return members;
  }

  #peek(): string {
    const start = this.#text.indexOf('<', this.#at);
    return this.#text.slice(start, this.#text.indexOf('>', start) + 1);
  }

  #tag(name: string): void {
    this.#until(`<${name}>`);
  }

  /** Moves behind the next `mark`; gives what stood before it. */
  #until(mark: string): string {
    const end = this.#text.indexOf(mark, this.#at);
    if (end < 0) throw new Error(`no ${mark} in the answer: ${this.#text.slice(this.#at, this.#at + 200)}`);
    const before = this.#text.slice(this.#at, end);
    this.#at = end + mark.length;
    return before;
  }
}
