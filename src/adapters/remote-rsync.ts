/** The remote over ssh and rsync: nothing is needed there but sshd, rsync and a POSIX shell. */

import type { ByteString } from '../core/bytes.ts';
import { asByteString, baseName, bytesOfText, joinPath, parentPath, textOfBytes } from '../core/bytes.ts';
import { Fault } from '../core/fault.ts';
import type {
  DigestedFile,
  PieceListing,
  PieceOrder,
  PieceQuestion,
  PieceShipment,
  RemotePort,
  StreamedFile,
  TransferOrder,
} from '../ports/remote.ts';
import type { ProgramOrder, RunRecord } from './process.ts';
import { runProgram } from './process.ts';
import { faultOfRemoteRun, faultOfTransfer } from './remote-faults.ts';
import { Remembered } from './remembered.ts';
import { listingIn, listingScript } from './remote-listing.ts';
import { RemotePieces } from './remote-pieces.ts';
import type { RootSettings } from './remote-root.ts';
import { RemoteRoot, scriptTimeoutMs } from './remote-root.ts';
import { parseDigests, parseProgress } from './rsync-output.ts';
import type { SshLines } from './ssh-lines.ts';
import type { SshConnection } from './ssh.ts';

/** Where rsync keeps what was cut short, in each directory; removed by rsync once it is empty. */
export const partialDirectory = '.rtorrent-low-space-driver.partial';

const theRoot = asByteString('');

/** A destination for dry runs: nothing is there, so that everything would be fetched, and nothing is made there. */
const nowhere = '/nonexistent/rtorrent-low-space-driver/';

const listTimeoutMs = 10 * 60_000;
const longestTransferMs = 30 * 86_400_000;
/** Reading prints nothing until it is done: the slowest disk that is believed in reads 2 MB/s. */
const slowestReadBytesPerMs = 2_000;
const usualReadBytesPerMs = 20_000;

export interface RemoteSettings extends RootSettings {
  /** A transfer that moves nothing for this long is ended; the next one goes on where it stopped. */
  readonly stallMs: number;
}

export class RsyncRemote implements RemotePort {
  private readonly lines: SshLines;
  private readonly settings: RemoteSettings;
  private readonly root: RemoteRoot;
  private readonly pieces: RemotePieces;
  private readonly canSync = new Remembered<boolean>();

  constructor(lines: SshLines, settings: RemoteSettings) {
    this.lines = lines;
    this.settings = settings;
    this.root = new RemoteRoot(lines.questions, settings);
    this.pieces = new RemotePieces(lines, this.root, settings.stallMs);
  }

  async prepare(): Promise<void> {
    // One after the other: both over one connection, which the first opens.
    const questions = this.root.make().then(() => this.bothCanSync());
    await Promise.all([questions, this.lines.open()]);
  }

  async list(paths: readonly ByteString[]): Promise<ReadonlyMap<ByteString, number>> {
    const script = bytesOfText(this.root.beginning()) + listingScript(paths);
    const run = await this.lines.questions.script(Buffer.from(script, 'latin1'), listTimeoutMs);
    if (!this.root.isThereBy(run)) return new Map();
    const listing = run.exitCode === 0 ? listingIn(run.stdout, paths) : undefined;
    if (listing === undefined) throw this.fault(run);
    return listing;
  }

  async ship(order: TransferOrder): Promise<void> {
    await this.root.make();
    const source = sourceOf(order);
    // Before it takes up a file that was cut short, the remote reads what it has of it, and nothing moves.
    const largestBytes = order.files.reduce((most, file) => Math.max(most, file.lengthBytes), 0);
    const bandwidthKib = Math.ceil(order.bandwidthBytesPerSecond / 1024);
    const silenceMs = this.settings.stallMs + largestBytes / usualReadBytesPerMs;
    const words = [
      '--times',
      '--omit-dir-times',
      `--partial-dir=${partialDirectory}`,
      '--info=progress2',
      '--outbuf=L',
      `--timeout=${Math.ceil(silenceMs / 1000)}`,
      ...(order.isRepair ? ['--ignore-times'] : []),
      // The receiver writes each file through to its disk before it gives it its name.
      ...((await this.bothCanSync()) ? ['--fsync'] : []),
      ...(bandwidthKib > 0 ? [`--bwlimit=${bandwidthKib}`] : []),
      '--',
      './',
      this.place(source.destination),
    ];
    const limits = {
      timeoutMs: longestTransferMs,
      silenceMs,
      signal: order.signal,
      onOutput: (chunk: Uint8Array) => {
        const doneBytes = parseProgress(chunk);
        if (doneBytes !== undefined) order.onProgress(doneBytes);
      },
    };
    const run = await this.lines.alone((connection) => this.rsync(connection, words, source, limits));
    if (run.exitCode !== 0) throw faultOfTransfer(run, this.lines.host);
  }

  async digest(
    paths: readonly ByteString[],
    expectedBytes: number,
    signal: AbortSignal,
  ): Promise<ReadonlyMap<ByteString, DigestedFile>> {
    if (!(await this.root.isThere())) return new Map();
    // A dry run of fetching everything: each file is read there, and its checksum told (`%C`; measured, 3.5.0).
    const run = await this.rsync(
      this.lines.questions,
      [
        '--dry-run',
        '--checksum',
        '--checksum-choice=md5',
        '--ignore-missing-args',
        '--out-format=%C %l %n',
        '--',
        this.place(theRoot),
        nowhere,
      ],
      { files: paths },
      { timeoutMs: listTimeoutMs + expectedBytes / slowestReadBytesPerMs, signal },
    );
    if (!isAnswered(run)) throw this.fault(run);
    const wanted = new Set(paths);
    return new Map([...parseDigests(run.stdout)].filter(([path]) => wanted.has(path)));
  }

  shipPieces(order: PieceOrder): Promise<PieceShipment> {
    return this.pieces.ship(order);
  }

  listPieces(question: PieceQuestion): Promise<PieceListing> {
    return this.pieces.list(question);
  }

  finishPieces(file: StreamedFile): Promise<void> {
    return this.pieces.finish(file);
  }

  reopenPieces(file: StreamedFile): Promise<void> {
    return this.pieces.reopen(file);
  }

  async disconnect(): Promise<void> {
    this.root.forget();
    this.pieces.forget();
    this.canSync.forget();
    await this.lines.close();
  }

  /** Runs rsync with a list of files over standard input: private, NUL-separated, whatever the names hold. */
  private async rsync(
    connection: SshConnection,
    words: readonly string[],
    source: { readonly files: readonly ByteString[]; readonly directory?: string },
    limits: Pick<ProgramOrder, 'timeoutMs' | 'silenceMs' | 'signal' | 'onOutput'>,
  ): Promise<RunRecord> {
    return await runProgram({
      file: 'rsync',
      arguments: [
        `--rsh=${await connection.shellCommand()}`,
        // The name that rsync has had since 3.0; newer ones call it --secluded-args.
        '--protect-args',
        '--files-from=-',
        '--from0',
        // Else rsync deletes a file of the remote that has the name of a directory on the way to ours.
        '--no-implied-dirs',
        '--8-bit-output',
        '--no-human-readable',
        '--no-motd',
        ...words,
      ],
      // `./`, as rsync takes a path that starts with `#` or `;` for a comment, without a word.
      input: Buffer.from(source.files.map((path) => `./${path}\0`).join(''), 'latin1'),
      ...(source.directory === undefined ? {} : { directory: source.directory }),
      ...limits,
    });
  }

  /** `--fsync` came with rsync 3.2.4, and both sides have to know it. */
  private async bothCanSync(): Promise<boolean> {
    return await this.canSync.or(async () => {
      const runs = await Promise.all([
        runProgram({ file: 'rsync', arguments: ['--version'], timeoutMs: scriptTimeoutMs }),
        this.ask('rsync --version'),
      ]);
      return runs.every((run) => knowsFsync(run.stdout.toString()));
    });
  }

  private async ask(script: string): Promise<RunRecord> {
    return await this.lines.questions.script(`${script}\n`, scriptTimeoutMs);
  }

  /** The place below the root as rsync takes it: `host:path/`. */
  private place(below: ByteString): string {
    const text = textOfBytes(below);
    if (text === undefined) {
      throw new Fault(
        'refused',
        'the directory on the remote cannot be named: its name is not UTF-8 and differs from the local one',
        "move the torrent's data to a directory with the torrent's own name",
      );
    }
    return `${this.lines.host}:${[this.settings.path, text].filter((part) => part !== '').join('/')}/`;
  }

  private fault(run: RunRecord): Fault {
    return faultOfRemoteRun(run, this.lines.host);
  }
}

/** 23 and 24: some of the paths could not be read. What is not in the answer is not there for us. */
function isAnswered({ exitCode }: RunRecord): boolean {
  return exitCode === 0 || exitCode === 23 || exitCode === 24;
}

/** Reads the first line of `rsync --version`. */
function knowsFsync(versionText: string): boolean {
  const [, major = '0', minor = '0', patch = '0'] = /version v?(\d+)\.(\d+)\.(\d+)/.exec(versionText) ?? [];
  return Number(major) * 1e6 + Number(minor) * 1e3 + Number(patch) >= 3_002_004;
}

interface Source {
  /** Where rsync runs; the files are relative to it. */
  readonly directory: string;
  readonly files: readonly ByteString[];
  readonly destination: ByteString;
}

/**
 * A directory that has the same name on both sides is named in the list of files, which takes any bytes; command lines
 * take UTF-8 alone.
 */
function sourceOf(order: TransferOrder): Source {
  const isSameName = order.destination !== '' && baseName(order.directory) === order.destination;
  const local = isSameName ? parentPath(order.directory) : order.directory;
  const directory = textOfBytes(local);
  if (directory === undefined) {
    throw new Fault(
      'refused',
      'the local directory cannot be named: it is not UTF-8',
      "move the torrent's data below a directory of plain characters",
    );
  }
  const prefix = isSameName ? order.destination : theRoot;
  return {
    directory: directory === '' ? '/' : directory,
    files: order.files.map((file) => joinPath(prefix, file.path)),
    destination: isSameName ? theRoot : order.destination,
  };
}
