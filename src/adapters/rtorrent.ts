/** rtorrent, over its XML-RPC: looks, loads, stops, erases, and waits until each has come true. */

import { decodeFile } from './torrent-file.ts';
import { loadableTorrent } from '../codec/loadable.ts';
import type { XmlRpcCall, XmlRpcValue } from '../codec/xmlrpc-value.ts';
import { XmlRpcFault } from '../codec/xmlrpc-value.ts';
import { CodecError } from '../codec/codec-error.ts';
import type { ByteString } from '../core/bytes.ts';
import { asByteString, bytesOfText } from '../core/bytes.ts';
import { Fault } from '../core/fault.ts';
import { expectedDirectory } from '../core/locate.ts';
import type { Infohash, ManagedTorrent } from '../core/metainfo.ts';
import { partsMode } from '../core/parts.ts';
import type { PieceSet } from '../core/pieces.ts';
import { piecesFromHex } from '../core/pieces.ts';
import type { RtorrentDetail, RtorrentTorrent, RtorrentView } from '../core/snapshot.ts';
import type { RtorrentPort, SelectedLoad, StreamOrder, StreamSession } from '../ports/rtorrent.ts';
import type { ClockPort } from '../ports/runtime.ts';
import { askAll, command, required, rowsOf, understood } from './rtorrent-answers.ts';
import type { RtorrentRpc } from './rtorrent-rpc.ts';
import { fieldCommands, modeKey, readNumber, readText, readTorrent } from './rtorrent-fields.ts';
import { TorrentLoader } from './rtorrent-loader.ts';
import { ReportedPaths } from './rtorrent-paths.ts';
import { resumeOf } from './rtorrent-resume.ts';
import { RtorrentStream, streamCommands, streamMethods } from './rtorrent-stream.ts';

/** Loading takes rtorrent 5–50 ms, starting a torrent with many files some seconds. */
const settleMs = 20_000;
const pollMs = 50;
/** More than a piece of 16 MiB takes to be hashed. */
const hashedMs = 300;

const none = asByteString('');
const needless: ReadonlySet<string> = new Set(['system.cwd']);

/** All that is called, of which versions might differ. */
const usedMethods: readonly string[] = [
  ...fieldCommands.map((text) => text.split('=', 1)[0] ?? text),
  ...['system.client_version', 'system.pid', 'directory.default', 'd.multicall2', 'f.multicall', 'f.path'],
  ...['f.priority', 'd.size_chunks', 'd.bitfield', 'd.stop', 'd.start', 'd.close', 'd.erase', 'load.start'],
  ...['load.raw_start', 'd.tied_to_file.set', 'd.custom.set', 'd.directory.set', 'd.directory_base.set'],
  ...['f.priority.set', 'd.update_priorities', 'd.pause'],
  ...streamMethods,
];

export class Rtorrent implements RtorrentPort {
  private readonly rpc: RtorrentRpc;
  private readonly clock: ClockPort;
  private readonly home: string;
  private readonly loader: TorrentLoader;

  /**
   * `home` is the home of the user that rtorrent runs as. `scratchDirectory` takes copies of .torrent files that are too
   * large for a request; made when needed.
   */
  constructor(rpc: RtorrentRpc, clock: ClockPort, home: string, scratchDirectory: string) {
    this.rpc = rpc;
    this.clock = clock;
    this.home = home;
    this.loader = new TorrentLoader(rpc, scratchDirectory);
  }

  async observe(): Promise<Omit<RtorrentView, 'details'>> {
    const [version, processId, cwd, directory, rows] = await this.ask([
      command('system.client_version'),
      command('system.pid'),
      command('system.cwd'),
      command('directory.default'),
      command('d.multicall2', none, none, ...fieldCommands.map(bytesOfText)),
    ]);
    return understood(() => {
      const paths = new ReportedPaths(workingDirectory(cwd), this.home);
      const torrents = new Map<Infohash, RtorrentTorrent>();
      for (const row of rowsOf(rows)) {
        const torrent = readTorrent(row);
        const { isMultiFile, reportedDirectory: reported } = torrent;
        const reportedDirectory = isMultiFile ? paths.ownDirectory(reported) : paths.directory(reported);
        torrents.set(torrent.infohash, { ...torrent, reportedDirectory });
      }
      return {
        version: readText(required(version)),
        processId: readNumber(required(processId)),
        defaultDirectory: paths.directory(readText(required(directory))),
        torrents,
      };
    });
  }

  async details(infohashes: readonly Infohash[]): Promise<ReadonlyMap<Infohash, RtorrentDetail>> {
    if (infohashes.length === 0) return new Map();
    const answers = await this.rpc.multicall(
      infohashes.flatMap((infohash) => {
        const target = asByteString(infohash);
        return [
          command('d.size_chunks', target),
          command('d.bitfield', target),
          command('f.multicall', target, none, bytesOfText('f.path='), bytesOfText('f.priority=')),
        ];
      }),
    );
    const details = new Map<Infohash, RtorrentDetail>();
    infohashes.forEach((infohash, index) => {
      const [count, bits, files] = answers.slice(index * 3, index * 3 + 3);
      if ([count, bits, files].some((answer) => answer instanceof XmlRpcFault)) return;
      const detail = understood(() => readDetail([count, bits, files] as readonly XmlRpcValue[]));
      if (detail !== undefined) details.set(infohash, detail);
    });
    return details;
  }

  async look(infohash: Infohash): Promise<RtorrentTorrent | undefined> {
    const target = asByteString(infohash);
    const calls = fieldCommands.map((text) => {
      const [method, argument] = text.split('=', 2) as [string, string];
      return argument === '' ? command(method, target) : command(method, target, bytesOfText(argument));
    });
    const answers = await this.rpc.multicall(calls);
    // Gone is only what every question is refused about; one refusal alone is something else.
    if (answers.every((answer) => answer instanceof XmlRpcFault)) return undefined;
    const refusal = answers.find((answer) => answer instanceof XmlRpcFault);
    if (refusal !== undefined)
      throw new Fault('refused', `rtorrent refuses to tell of a torrent: ${refusal.message}`);
    return understood(() => readTorrent(answers as readonly XmlRpcValue[]));
  }

  async load(managed: ManagedTorrent, directory: ByteString): Promise<void> {
    const { infohash } = managed.metainfo;
    if ((await this.look(infohash)) !== undefined) return;
    const bytes = loadableTorrent(decodeFile(managed).bytes);
    await this.loader.load(bytes, await this.directoryCommands(managed, directory), 'started');
    await this.untilListed(managed);
  }

  async loadSelected(order: SelectedLoad): Promise<void> {
    const { managed, directory } = order;
    const { metainfo } = managed;
    const bytes = loadableTorrent(decodeFile(managed).bytes, resumeOf(metainfo, order));
    const mode = bytesOfText(`d.custom.set=${modeKey},${partsMode}`);
    await this.loader.load(bytes, [mode, ...(await this.directoryCommands(managed, directory))], 'started');
    await this.untilListed(managed);
    await this.untilActive(metainfo.infohash);
  }

  async openStream(order: StreamOrder): Promise<StreamSession> {
    const { managed, directory, file } = order;
    const { metainfo } = managed;
    const selected = new Set([file.index]);
    const bytes = loadableTorrent(decodeFile(managed).bytes, resumeOf(metainfo, { ...order, selected }));
    const stream = new RtorrentStream(this.rpc, this.clock, metainfo, (infohash) => this.erase(infohash));
    await stream.prepare(await this.methods());
    const commands = [...streamCommands(order), ...(await this.directoryCommands(managed, directory))];
    // Stopped, as the session file keeps it: should rtorrent end, it does not go on by itself.
    await this.loader.load(bytes, commands, 'stopped');
    await this.untilListed(managed);
    await stream.resume();
    return stream;
  }

  async selectMore(infohash: Infohash, files: ReadonlySet<number>): Promise<void> {
    const target = asByteString(infohash);
    const raised = [...files].map((index) =>
      command('f.priority.set', asByteString(`${infohash}:f${index}`), asByteString('1')),
    );
    await this.ask([...raised, command('d.update_priorities', target)]);
  }

  async takeOut(infohash: Infohash): Promise<PieceSet | undefined> {
    const target = asByteString(infohash);
    await this.untilHashed(infohash);
    // Stopped it still has its files open, and tells the truth about its pieces.
    const [, , count, bits] = await this.rpc.multicall([
      command('d.tied_to_file.set', target, none),
      command('d.stop', target),
      command('d.size_chunks', target),
      command('d.bitfield', target),
      command('d.erase', target),
    ]);
    await this.until(infohash, 'erased', (torrent) => torrent === undefined);
    if (count instanceof XmlRpcFault || bits instanceof XmlRpcFault) return undefined;
    return understood(() => {
      const hex = readText(required(bits));
      return hex === '' ? undefined : piecesFromHex(readNumber(required(count)), hex);
    });
  }

  async restart(infohash: Infohash): Promise<void> {
    const target = asByteString(infohash);
    // A torrent that the low-diskspace guard closed ignores d.start until it was stopped (measured on both versions).
    await this.ask([command('d.stop', target), command('d.start', target)]);
    await this.untilActive(infohash);
  }

  async close(infohash: Infohash): Promise<void> {
    const target = asByteString(infohash);
    await this.rpc.multicall([command('d.stop', target), command('d.close', target)]);
    await this.until(infohash, 'closed', (torrent) => torrent?.isOpen !== true);
  }

  async erase(infohash: Infohash): Promise<void> {
    const target = asByteString(infohash);
    await this.untilHashed(infohash);
    await this.rpc.multicall([
      // A tied .torrent would be deleted with it, and that file is the user's.
      command('d.tied_to_file.set', target, none),
      // In one request with the erasure: were they apart, a crash between them would leave what looks stopped by hand.
      command('d.stop', target),
      command('d.erase', target),
    ]);
    await this.until(infohash, 'erased', (torrent) => torrent === undefined);
  }

  /**
   * Paused first: 0.9.8 dies now and then (`receive_hash_done`) of a piece that is being hashed while it is erased, and
   * loaded anew. Should we end here, it is found to be started and not active, and is taken out then.
   */
  private async untilHashed(infohash: Infohash): Promise<void> {
    const loaded = await this.look(infohash);
    if (loaded?.isActive !== true || loaded.isComplete) return;
    await this.rpc.multicall([command('d.pause', asByteString(infohash))]);
    await this.clock.sleep(hashedMs);
  }

  /** Methods that this program calls and this rtorrent does not have: none, of the versions that are known. */
  async missingMethods(): Promise<readonly string[]> {
    const known = await this.methods();
    return usedMethods.filter((method) => !known.has(method));
  }

  private async methods(): Promise<ReadonlySet<string>> {
    const answer = await this.rpc.call('system.listMethods');
    return understood(() => new Set<string>(rowsOf(answer).map(readText)));
  }

  async disconnect(): Promise<void> {
    await this.loader.tidyUp();
  }

  /** Commands that make rtorrent use the directory: none where it would by itself. */
  private async directoryCommands(
    { metainfo }: ManagedTorrent,
    directory: ByteString,
  ): Promise<readonly ByteString[]> {
    const [cwd, answer] = await this.ask([command('system.cwd'), command('directory.default')]);
    const usual = understood(() => {
      const paths = new ReportedPaths(workingDirectory(cwd), this.home);
      return expectedDirectory(metainfo, paths.directory(readText(required(answer))));
    });
    const method = metainfo.isMultiFile ? 'd.directory_base.set' : 'd.directory.set';
    return directory === usual ? [] : [asByteString(`${method}=${quoteForRtorrent(directory)}`)];
  }

  /** Several calls of which each has to succeed, but for the one that only relative paths need. */
  private async ask(calls: readonly XmlRpcCall[]): Promise<readonly (XmlRpcValue | undefined)[]> {
    return await askAll(this.rpc, calls, needless);
  }

  private async untilListed({ metainfo }: ManagedTorrent): Promise<void> {
    await this.until(
      metainfo.infohash,
      'loaded',
      (torrent) => torrent !== undefined,
      "rtorrent's log says why; version 0.9.8 takes no torrent without a tracker while DHT is off",
    );
  }

  private async untilActive(infohash: Infohash): Promise<void> {
    await this.until(infohash, 'started', (torrent) => torrent?.isActive === true);
  }

  /** rtorrent's commands answer 0 whatever comes of them: success is what is seen afterwards. */
  private async until(
    infohash: Infohash,
    state: string,
    isSo: (torrent: RtorrentTorrent | undefined) => boolean,
    remedy?: string,
  ): Promise<void> {
    const deadlineMs = performance.now() + settleMs;
    let torrent = await this.look(infohash);
    while (!isSo(torrent)) {
      if (performance.now() > deadlineMs) {
        const words = torrent?.message ?? '';
        throw new Fault(
          'refused',
          `rtorrent has not ${state} the torrent within ${settleMs / 1000} s${words === '' ? '' : `: ${words}`}`,
          remedy ?? "rtorrent's log may say why",
        );
      }
      await this.clock.sleep(pollMs);
      torrent = await this.look(infohash);
    }
  }
}

/** The root where rtorrent does not tell: a relative path is then looked for below it, and not found. */
function workingDirectory(value: XmlRpcValue | undefined): ByteString {
  return value === undefined ? asByteString('/') : readText(value);
}

function readDetail([count, bits, files]: readonly XmlRpcValue[]): RtorrentDetail | undefined {
  const pieces = piecesFromHex(readNumber(required(count)), readText(required(bits)));
  if (pieces === undefined)
    throw new CodecError('xmlrpc', 'A bitfield does not have the length of its torrent.');
  return {
    pieces,
    files: rowsOf(files).map((row) => {
      const [path, priority] = rowsOf(row);
      return { path: readText(required(path)), isSelected: readNumber(required(priority)) > 0 };
    }),
  };
}

/** A value in one of rtorrent's own commands: in quotes, with a backslash before quotes and backslashes. */
function quoteForRtorrent(value: ByteString): string {
  return `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}
