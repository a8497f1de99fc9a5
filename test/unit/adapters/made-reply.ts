/** Writes rtorrent's answer to the one question of a pass, as 0.9.8 writes it: CR LF, `i8` for every number. */

import { fieldCommands } from '../../../src/adapters/rtorrent-fields.ts';

/** What the answer says of a torrent follows from these. */
export interface ReplyTorrent {
  readonly name: string;
  /** 40 upper-case hex digits. */
  readonly infohash: string;
  readonly totalBytes: number;
}

/** What 0.9.8 says of a started torrent that is being fetched, by command. */
const columns: Readonly<Record<string, (torrent: ReplyTorrent, directory: string) => string | number>> = {
  'd.hash=': (torrent) => torrent.infohash,
  'd.name=': (torrent) => torrent.name,
  'd.directory=': (torrent, directory) => `${directory}/${torrent.name}`,
  'd.is_multi_file=': () => 1,
  'd.complete=': () => 0,
  'd.is_partially_done=': () => 0,
  'd.is_active=': () => 1,
  'd.is_open=': () => 1,
  'd.state=': () => 1,
  'd.hashing=': () => 0,
  'd.up.total=': (torrent) => torrent.totalBytes % 1_000_000,
  'd.timestamp.finished=': () => 0,
  'd.completed_bytes=': (torrent) => Math.floor(torrent.totalBytes / 3),
  'd.bytes_done=': (torrent) => Math.floor(torrent.totalBytes / 3),
  'd.size_bytes=': (torrent) => torrent.totalBytes,
  'd.down.rate=': (torrent) => torrent.totalBytes % 500_000,
  'd.up.rate=': (torrent) => torrent.totalBytes % 90_000,
  'd.message=': (torrent) => (torrent.totalBytes % 16 === 0 ? 'Tracker: [Timed out & gone]' : ''),
  'd.custom=drv.mode': () => '',
  'd.load_date=': () => 1_795_000_000,
  'd.custom=drv.uploaded': () => '',
};

/** The answer to `d.multicall2` with the commands of `rtorrent-fields`. */
export function listReply(torrents: readonly ReplyTorrent[], directory: string): string {
  return response(listValue(torrents, directory));
}

/** The answer to the `system.multicall` with which a pass begins. */
export function observeReply(torrents: readonly ReplyTorrent[], directory: string): string {
  const answers = [text('0.9.8'), number(4711), text('/'), text(directory), listValue(torrents, directory)];
  return response(array(answers.map((answer) => array([answer]))));
}

export const faultReply =
  '<?xml version="1.0" encoding="UTF-8"?>\r\n<methodResponse>\r\n<fault>\r\n<value><struct>\r\n' +
  '<member><name>faultCode</name>\r\n<value><i4>-501</i4></value></member>\r\n' +
  '<member><name>faultString</name>\r\n<value><string>Could not find info-hash.</string></value></member>\r\n' +
  '</struct></value>\r\n</fault>\r\n</methodResponse>\r\n';

/** An answer with this value, which is XML already. */
export function response(value: string): string {
  return (
    '<?xml version="1.0" encoding="UTF-8"?>\r\n<methodResponse>\r\n' +
    `<params>\r\n<param>${value}</param>\r\n</params>\r\n</methodResponse>\r\n`
  );
}

/** An answer as SCGI carries it. */
export function scgiReply(body: string): Buffer {
  const bytes = Buffer.from(body);
  const head = `Status: 200 OK\r\nContent-Type: text/xml\r\nContent-Length: ${bytes.length}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), bytes]);
}

function listValue(torrents: readonly ReplyTorrent[], directory: string): string {
  const write = fieldCommands.map((command) => {
    const column = columns[command];
    if (column === undefined) throw new Error(`give the made reply an answer to ${command}`);
    return (torrent: ReplyTorrent): string => {
      const value = column(torrent, directory);
      return typeof value === 'number' ? number(value) : text(value);
    };
  });
  return array(torrents.map((torrent) => array(write.map((one) => one(torrent)))));
}

function array(values: readonly string[]): string {
  return `<value><array><data>\r\n${values.map((value) => `${value}\r\n`).join('')}</data></array></value>`;
}

function number(value: number): string {
  return `<value><i8>${value}</i8></value>`;
}

function text(value: string): string {
  const escaped = value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return `<value><string>${escaped}</string></value>`;
}
