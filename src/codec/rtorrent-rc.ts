/** Writes rtorrent's rc file: the commands were renamed in the course of 0.16, and one that is unknown stops the start. */

/** What the rc file of an rtorrent of our own says. */
export interface RcSettings {
  readonly socketPath: string;
  readonly sessionDirectory: string;
  readonly downloadDirectory: string;
  readonly logPath: string;
  readonly ports: PortRange;
  /** For incoming and outgoing connections; undefined for any. */
  readonly bindAddress: string | undefined;
  readonly dht: boolean;
  readonly pex: boolean;
  /** With less than this free, rtorrent closes every unfinished torrent. */
  readonly guardBytes: number;
  /** A file with further lines, which have the last word. */
  readonly furtherLines: string | undefined;
}

export interface PortRange {
  readonly first: number;
  readonly last: number;
}

/** The name under which rtorrent's log is opened, and opened anew. */
export const logName = 'driver';

/** One line: the names that the command has had, oldest first, and its value. */
interface RcLine {
  readonly names: readonly [string, ...string[]];
  readonly value: string;
  /** Versions that know none of the names do without it. */
  readonly isOptional?: boolean;
}

const portRange = ['network.port_range.set', 'network.listen.port.range.set'] as const;
const portRandom = ['network.port_random.set', 'network.listen.port.random.set'] as const;
const schedule = ['schedule2', 'schedule'] as const;
const encoding = ['encoding.add'] as const;

/** Names that are gone since 0.16.14 or soon after, with what took their place; empty where nothing has to. */
export const renamedCommands: ReadonlyMap<string, string> = new Map([
  ...[portRange, portRandom, schedule].map(([old, now]) => [old, now] as const),
  ['schedule_remove2', 'schedule.remove'],
  ['execute2', 'execute'],
  ['encoding.add', ''],
  ['encoding_list', ''],
]);

/** `0.9.8` from what `rtorrent -h` prints; undefined where that is not rtorrent. */
export function versionOfHelp(text: string): string | undefined {
  return /client version (\d+(?:\.\d+)+)/.exec(text)?.[1];
}

/** Commands that this version is expected not to know. A guess: whoever starts it listens to what it says. */
export function unknownTo(version: string): ReadonlySet<string> {
  const [major = 0, minor = 0, patch = 0] = version.split('.').map(Number);
  const isRenamed = major > 0 || minor > 16 || (minor === 16 && patch >= 14);
  return new Set(isRenamed ? renamedCommands.keys() : []);
}

/** The command that rtorrent complains of not knowing, from what it prints before it ends. */
export function unknownCommandOf(output: string): string | undefined {
  return /Command "([^"]+)" does not exist/.exec(output)?.[1];
}

/** What is thought and known of the names that an rtorrent does not know. */
export interface UnknownNames {
  /** From its version. */
  readonly guessed: ReadonlySet<string>;
  /** From its own complaints. */
  readonly told: ReadonlySet<string>;
}

/** The rc file, or the name of the command for which no name is left. */
export function renderRc(
  settings: RcSettings,
  { guessed, told }: UnknownNames,
): { readonly text: string } | { readonly missing: string } {
  const lines: string[] = [];
  for (const line of linesOf(settings)) {
    const name =
      line.names.find((one) => !guessed.has(one) && !told.has(one)) ??
      (line.isOptional === true ? undefined : line.names.find((one) => !told.has(one)));
    if (name !== undefined) lines.push(`${name} = ${line.value}`);
    else if (line.isOptional !== true) return { missing: line.names[0] };
  }
  return { text: `${lines.join('\n')}\n` };
}

function linesOf(settings: RcSettings): readonly RcLine[] {
  const { ports, bindAddress, furtherLines } = settings;
  return [
    { names: ['system.daemon.set'], value: 'true' },
    { names: ['session.path.set'], value: quoteForRc(settings.sessionDirectory) },
    { names: ['directory.default.set'], value: quoteForRc(settings.downloadDirectory) },
    { names: encoding, value: 'UTF-8', isOptional: true },
    { names: portRange, value: `${ports.first}-${ports.last}` },
    { names: portRandom, value: 'no' },
    ...(bindAddress === undefined ? [] : [bindLine(bindAddress)]),
    { names: ['dht.mode.set'], value: settings.dht ? 'auto' : 'disable' },
    { names: ['protocol.pex.set'], value: settings.pex ? 'yes' : 'no' },
    // What arrives is checked piece by piece, and proved once more before it is deleted; pieces that were shipped
    // already would not be found again.
    { names: ['pieces.hash.on_completion.set'], value: 'no', isOptional: true },
    { names: ['log.open_file'], value: `"${logName}", ${quoteForRc(settings.logPath)}` },
    { names: ['log.add_output'], value: `"notice", "${logName}"` },
    { names: schedule, value: guardValue(settings.guardBytes) },
    // What was uploaded counts as long as it was saved: by default each 20 minutes.
    { names: schedule, value: 'session_save,300,300,((session.save))' },
    streamGuard,
    ...(furtherLines === undefined
      ? []
      : [{ names: ['import'], value: quoteForRc(furtherLines) } satisfies RcLine]),
    // Last, so that whoever is answered finds all of the above in force.
    { names: ['network.scgi.open_local'], value: quoteForRc(settings.socketPath) },
  ];
}

/** A torrent of which pieces were shipped and deleted never starts by itself: it would serve what is gone. */
const streamGuard: RcLine = {
  names: ['method.set_key'],
  value:
    'event.download.inserted_session, 0_driver, "branch=\\"equal=d.custom=drv.mode,cat=stream\\",d.state.set=0"',
};

function bindLine(address: string): RcLine {
  return { names: ['network.bind_address.set', 'network.bind_address.ipv4.set'], value: quoteForRc(address) };
}

function guardValue(bytes: number): string {
  return `low_diskspace,5,60,((close_low_diskspace,${bytes}))`;
}

/** What a user's own rc file needs for this program, a line each; the guard in whole MiB, as people write it. */
export function userRcLines(version: string, socketPath: string, guardBytes: number): readonly string[] {
  const unknown = unknownTo(version);
  const needed: readonly RcLine[] = [
    { names: ['network.scgi.open_local'], value: socketPath },
    { names: encoding, value: 'UTF-8', isOptional: true },
    { names: schedule, value: guardValue(guardBytes).replace(String(guardBytes), megabytes(guardBytes)) },
    streamGuard,
  ];
  return needed.flatMap((line) => {
    const name = line.names.find((one) => !unknown.has(one));
    return name === undefined ? [] : [`${name} = ${line.value}`];
  });
}

/** The line that lowers the low-diskspace guard of a user's rtorrent. */
export function guardLine(version: string, guardBytes: number): string {
  return userRcLines(version, '', guardBytes).find((line) => line.includes('low_diskspace')) ?? '';
}

function megabytes(bytes: number): string {
  return `${Math.max(1, Math.floor(bytes / 1024 ** 2))}M`;
}

/** Quoted, so that commas, blanks, quotes and semicolons mean nothing. */
function quoteForRc(text: string): string {
  return `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
}
