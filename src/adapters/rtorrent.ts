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
import { closedMode } from '../core/parts.ts';
import type { PieceSet } from '../core/pieces.ts';
import { piecesFromHex } from '../core/pieces.ts';
import type { RtorrentDetail, RtorrentTorrent, RtorrentView } from '../core/snapshot.ts';
import type { RtorrentPort, SelectedLoad, StreamOrder, StreamSession } from '../ports/rtorrent.ts';
import type { ClockPort } from '../ports/runtime.ts';
import { Remembered } from './remembered.ts';
import { askAll, command, required, rowsOf, understood } from './rtorrent-answers.ts';
import type { RtorrentRpc } from './rtorrent-rpc.ts';
import { fieldCommands, modeKey, readNumber, readText, readTorrent, torrentOf } from './rtorrent-fields.ts';
import { TorrentLoader } from './rtorrent-loader.ts';
import { isAsItWasLoaded, loadedKey, noticeChecks, partsCommands, uploadCommands } from './rtorrent-marks.ts';
import { ReportedPaths } from './rtorrent-paths.ts';
import { resumeOf } from './rtorrent-resume.ts';
import { TorrentRows } from './rtorrent-rows.ts';
import { RtorrentStream, streamCommands, streamMethods } from './rtorrent-stream.ts';
import type { Timers } from './rtorrent-timers.ts';
import { forTorrent, removeTimer, setTimer, timersOf } from './rtorrent-timers.ts';

/** Loading takes rtorrent 5–50 ms, starting a torrent with many files some seconds. */
const settleMs = 20_000;
const pollMs = 50;

const none = asByteString('');
/** Of `details`, for each torrent. */
const detailCalls = 5;
const mode = asByteString(modeKey);
const closed = asByteString(closedMode);
const needless: ReadonlySet<string> = new Set(['system.cwd']);

/** All that is called, of which versions might differ. */
const usedMethods: readonly string[] = [
  ...fieldCommands.map((text) => text.split('=', 1)[0] ?? text),
  ...['system.client_version', 'system.pid', 'directory.default', 'd.multicall2', 'f.multicall', 'f.path'],
  ...['f.priority', 'd.size_chunks', 'd.bitfield', 'd.stop', 'd.start', 'd.close', 'd.erase', 'load.start'],
  ...['load.raw_start', 'd.tied_to_file.set', 'd.custom.set', 'd.directory.set', 'd.directory_base.set'],
  ...['f.priority.set', 'd.update_priorities', 'branch', 'equal', 'cat', 'd.load_date', 'method.set_key'],
  ...streamMethods,
];

export class Rtorrent implements RtorrentPort {
  private readonly rpc: RtorrentRpc;
  private readonly clock: ClockPort;
  private readonly home: string;
  private readonly loader: TorrentLoader;
  private readonly rows = new TorrentRows();
  private readonly knownTimers = new Remembered<Timers>();
  /** Of the rtorrent that was last observed. */
  private processId: number | undefined;

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
    const view = understood(() => {
      const paths = new ReportedPaths(workingDirectory(cwd), this.home);
      const directoryOf = (isMultiFile: boolean, reported: ByteString): ByteString =>
        isMultiFile ? paths.ownDirectory(reported) : paths.directory(reported);
      const torrents = this.rows.read(rows, directoryOf, this.clock.nowMs());
      return {
        version: readText(required(version)),
        processId: readNumber(required(processId)),
        defaultDirectory: paths.directory(readText(required(directory))),
        torrents,
      };
    });
    // It may be another version by now.
    if (view.processId !== this.processId) this.knownTimers.forget();
    this.processId = view.processId;
    return view;
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
          command('d.load_date', target),
          command('d.custom', target, bytesOfText(loadedKey)),
        ];
      }),
    );
    const details = new Map<Infohash, RtorrentDetail>();
    infohashes.forEach((infohash, index) => {
      const mine = answers.slice(index * detailCalls, (index + 1) * detailCalls);
      if (mine.some((answer) => answer instanceof XmlRpcFault)) return;
      const detail = understood(() => readDetail(mine as readonly XmlRpcValue[]));
      details.set(infohash, detail);
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
    return understood(() => torrentOf(readTorrent(answers as readonly XmlRpcValue[]), this.clock.nowMs()));
  }

  async load(managed: ManagedTorrent, directory: ByteString, uploadedBytes: number): Promise<void> {
    const { infohash } = managed.metainfo;
    if ((await this.look(infohash)) !== undefined) return;
    const bytes = loadableTorrent(decodeFile(managed).bytes);
    const placed = await this.directoryCommands(managed, directory);
    await this.loader.load(bytes, [...uploadCommands(uploadedBytes), ...placed], 'started');
    await this.untilListed(managed);
  }

  async loadSelected(order: SelectedLoad): Promise<void> {
    const { managed, directory, uploadedBytes } = order;
    const { metainfo } = managed;
    const bytes = loadableTorrent(decodeFile(managed).bytes, resumeOf(metainfo, order));
    const placed = await this.directoryCommands(managed, directory);
    await this.rpc.multicall([noticeChecks]);
    await this.loader.load(bytes, [...partsCommands, ...uploadCommands(uploadedBytes), ...placed], 'started');
    await this.untilListed(managed);
    await this.untilActive(metainfo.infohash);
  }

  async openStream(order: StreamOrder): Promise<StreamSession> {
    const { managed, directory, file } = order;
    const { metainfo } = managed;
    const selected = new Set([file.index]);
    const bytes = loadableTorrent(decodeFile(managed).bytes, resumeOf(metainfo, { ...order, selected }));
    const timers = await this.timers();
    const stream = new RtorrentStream(this.rpc, this.clock, metainfo, timers, (infohash) =>
      this.erase(infohash),
    );
    await stream.prepare(order.rateBytesPerSecond);
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
    const [count, bits] = await this.byItself(infohash, 'erased', [
      command('d.size_chunks', target),
      command('d.bitfield', target),
    ]);
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
    await this.byItself(infohash, 'closed', []);
  }

  async erase(infohash: Infohash): Promise<void> {
    await this.byItself(infohash, 'erased', []);
  }

  /**
   * Stops it, and closes or erases it; answers what `questions` have to say just before. Asked for over RPC, 0.9.8 dies
   * where a piece of it is being hashed meanwhile (docs/RTORRENT.md): so a timer does it, in rtorrent's main thread. All in
   * one timer: were it apart, a crash between would leave what looks stopped by hand.
   */
  private async byItself(
    infohash: Infohash,
    end: 'closed' | 'erased',
    questions: readonly XmlRpcCall[],
  ): Promise<readonly (XmlRpcValue | XmlRpcFault)[]> {
    const timers = await this.timers();
    const name = `drv_${end}_${infohash}`;
    const last = end === 'closed' ? 'd.close=' : 'd.erase=';
    const answers = await this.rpc.multicall([
      ...questions,
      // A tied .torrent would be deleted with it, and that file is the user's.
      ...(end === 'erased' ? [command('d.tied_to_file.set', asByteString(infohash), none)] : []),
      // Before it is closed: cut in between, it runs on, and is closed later.
      ...(end === 'closed' ? [command('d.custom.set', asByteString(infohash), mode, closed)] : []),
      setTimer(timers, name, 0, forTorrent(infohash, ['d.stop=', last])),
    ]);
    const refusal = answers.at(-1);
    if (refusal instanceof XmlRpcFault)
      throw new Fault('refused', `rtorrent refuses ${timers.set}: ${refusal.message}`);
    await this.until(infohash, end, (torrent) =>
      end === 'closed' ? torrent?.isOpen !== true : torrent === undefined,
    );
    await this.rpc.multicall([removeTimer(timers, name)]);
    return answers;
  }

  /** Methods that this program calls and this rtorrent does not have: none, of the versions that are known. */
  async missingMethods(): Promise<readonly string[]> {
    const known = await this.methods();
    return usedMethods.filter((method) => !known.has(method));
  }

  /** Named alike as long as the process runs. */
  private async timers(): Promise<Timers> {
    return await this.knownTimers.or(async () => timersOf(await this.methods()));
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

function readDetail([count, bits, files, loadedAt, mark]: readonly XmlRpcValue[]): RtorrentDetail {
  const pieces = piecesFromHex(readNumber(required(count)), readText(required(bits)));
  if (pieces === undefined)
    throw new CodecError('xmlrpc', 'A bitfield does not have the length of its torrent.');
  return {
    pieces,
    files: rowsOf(files).map((row) => {
      const [path, priority] = rowsOf(row);
      return { path: readText(required(path)), isSelected: readNumber(required(priority)) > 0 };
    }),
    isAsLoaded: isAsItWasLoaded(readNumber(required(loadedAt)), readText(required(mark))),
  };
}

/** A value in one of rtorrent's own commands: in quotes, with a backslash before quotes and backslashes. */
function quoteForRtorrent(value: ByteString): string {
  return `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}
