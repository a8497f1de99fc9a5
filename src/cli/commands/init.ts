/** `init`: the first set-up. Asks or takes flags, checks, shows what it would write, and writes only what it was told to. */

import { mkdirSync } from 'node:fs';
import { installedVersion } from '../../adapters/embedded-launch.ts';
import { measureFilesystem } from '../../adapters/local-disk.ts';
import type { FoundRtorrent } from '../../adapters/rtorrent-finder.ts';
import { findRtorrents } from '../../adapters/rtorrent-finder.ts';
import { hasUserManager } from '../../adapters/user-unit.ts';
import { userRcLines } from '../../codec/rtorrent-rc.ts';
import { guardOf } from '../../core/budget.ts';
import { bytesOfText } from '../../core/bytes.ts';
import { printFinding } from '../checks/finding.ts';
import type { Configuration } from '../config.ts';
import { ConfigurationError, parseConfiguration } from '../config.ts';
import type { ExitCode } from '../exit-codes.ts';
import { exitCodes } from '../exit-codes.ts';
import type { InitWorld } from '../init-questions.ts';
import type { Places } from '../places.ts';
import { readOrUndefined, writePrivately } from '../private-file.ts';
import { Terminal } from '../report/terminal.ts';
import { parseSocketUrl } from '../rtorrent-keys.ts';
import type { Schedule } from '../schedule-kinds.ts';
import type { SchedulePlan } from '../schedule.ts';
import { planSchedule, unitName } from '../schedule.ts';
import type { Setting, SettingFlags } from '../settings.ts';
import { checkSettings, impliedRtorrent, renderSettings, settingsOf } from '../settings.ts';
import { checkRemotePlace, checkSetup, checkTorrents, versionAt } from '../setup-checks.ts';

export interface InitFlags extends SettingFlags {
  readonly schedule?: Schedule;
  /** Write over what is there. */
  readonly force?: boolean;
  /** Write nothing. */
  readonly dryRun?: boolean;
}

/** 128 and the number of SIGINT, as shells have it. */
const interrupted = 130 as ExitCode;

/** What the steps share. */
interface Desk {
  readonly places: Places;
  readonly file: string;
  readonly output: Terminal;
  readonly errors: Terminal;
  /** Whether a person is there to be asked. */
  readonly asks: boolean;
  readonly flags: InitFlags;
  readonly signal: AbortSignal;
}

/**
 * Everything is written at the end, so that breaking off leaves nothing behind.
 *
 * @throws ConfigurationError, Fault
 */
export async function init(
  file: string | undefined,
  flags: InitFlags,
  places: Places,
  environment: NodeJS.ProcessEnv,
): Promise<ExitCode> {
  const isComplete = [flags.torrents, flags.to, flags.space, flags.ratio, flags.rtorrent].every(
    (flag) => flag !== undefined,
  );
  const abort = new AbortController();
  const breakOff = (): void => {
    abort.abort();
  };
  process.once('SIGINT', breakOff);
  const desk: Desk = {
    places,
    file: file ?? places.configuration,
    output: new Terminal(process.stdout, environment),
    errors: new Terminal(process.stderr, environment),
    asks: !isComplete && process.stdin.isTTY && process.stdout.isTTY,
    flags,
    signal: abort.signal,
  };
  try {
    return (await setUp(desk)) ?? interrupted;
  } catch (error) {
    if (abort.signal.aborted) return interrupted;
    throw error;
  } finally {
    process.off('SIGINT', breakOff);
  }
}

/** Undefined where the person broke off. */
async function setUp(desk: Desk): Promise<ExitCode | undefined> {
  const { output, places, file } = desk;
  const answers = desk.asks ? await ask(desk) : { ratio: '1.0', ...(await implied(desk)), ...desk.flags };
  if (answers === undefined) return undefined;
  const settings = settingsOf(answers, process.cwd());
  const configuration = checkSettings(settings, file, places.home);
  const findings = await checkSetup(configuration, places, desk.signal);
  desk.signal.throwIfAborted();
  for (const finding of findings) printFinding(output, finding);
  const hasProblem = findings.some(({ state }) => state === 'problem');
  if (hasProblem && !desk.asks && desk.flags.force !== true) {
    desk.errors.line('Nothing was written. Mend this first, or write it all the same with --force.');
    return exitCodes.problems;
  }
  const schedule = desk.flags.schedule ?? (desk.asks ? await askWhen(configuration) : 'none');
  if (schedule === undefined) return undefined;
  const plan = schedule === 'none' ? undefined : await planSchedule(schedule, configuration, places);
  const text = renderSettings(settings);
  await show(desk, configuration, text, plan);
  if (desk.flags.dryRun === true) return exitCodes.ok;
  return await write(desk, configuration, text, plan);
}

async function ask(desk: Desk): Promise<SettingFlags | undefined> {
  const { askSettings } = await import('../init-questions.ts');
  return await askSettings(desk.flags, await lookAround(desk));
}

async function askWhen({ rtorrent }: Configuration): Promise<Schedule | undefined> {
  const { askSchedule } = await import('../init-questions.ts');
  return await askSchedule(rtorrent.kind === 'embedded', await hasUserManager());
}

/** Where nobody is asked. */
async function implied({ flags, places, output }: Desk): Promise<SettingFlags> {
  const found = impliedRtorrent(flags, await rtorrentsHere(places));
  if (found === undefined) return {};
  output.line(`found    rtorrent ${found.version} at ${found.url.replace('scgi://', '')}`);
  return { rtorrent: found.url };
}

async function rtorrentsHere({ home, state }: Places): Promise<readonly FoundRtorrent[]> {
  return await findRtorrents(home, parseSocketUrl, (path) => path.startsWith(`${state}/`));
}

async function lookAround({ places, file, signal }: Desk): Promise<InitWorld> {
  const [found, version] = await Promise.all([
    rtorrentsHere(places),
    installedVersion().catch(() => undefined),
  ]);
  return {
    workingDirectory: process.cwd(),
    found,
    installedVersion: version,
    freeBytes: measureFilesystem(bytesOfText(places.home)).freeBytes,
    complaintOf: (settings) => complaintOf(settings, file, places.home),
    checkTorrents: ([torrents]) => checkTorrents(withHome(torrents?.value ?? '', places.home)),
    checkRemote: (settings) => {
      const valueOf = (key: string): string => settings.find((one) => one.key === key)?.value ?? '';
      // As the configuration has it: ssh starts in the home there.
      const remotePath = valueOf('remote_path').replace(/^~/, '.');
      return checkRemotePlace({ remoteHost: valueOf('remote_host'), remotePath }, places, signal);
    },
  };
}

/** What is wrong with these settings, whatever else is missing. */
function complaintOf(settings: readonly Setting[], file: string, home: string): string | undefined {
  try {
    parseConfiguration(renderSettings(settings), file, home);
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    const isAsked = (key: string | undefined): boolean => settings.some((one) => one.key === key);
    return error.mistakes.find(({ about }) => isAsked(about?.key))?.about?.complaint;
  }
  return undefined;
}

function withHome(path: string, home: string): string {
  return path.replace(/^~(?=\/|$)/, home);
}

/** What will be written, and what a person has to do by hand. */
async function show(
  { output, file }: Desk,
  configuration: Configuration,
  text: string,
  plan: SchedulePlan | undefined,
): Promise<void> {
  output.line('');
  output.line(output.style('bold', file));
  for (const line of text.trimEnd().split('\n')) output.line(`  ${line}`);
  if (plan !== undefined) {
    output.line('');
    output.line(output.style('bold', plan.where));
    for (const line of plan.lines) output.line(`  ${line}`);
  }
  const { rtorrent, policy, managedDirectory } = configuration;
  if (rtorrent.kind === 'embedded') return;
  const version = await versionAt(rtorrent.address).catch(() => undefined);
  const socket = rtorrent.address.kind === 'unix' ? rtorrent.address.path : '/home/me/.rtorrent.sock';
  const guardBytes = guardOf(measureFilesystem(bytesOfText(managedDirectory)), policy.spaceLimitBytes);
  output.line('');
  output.line(output.style('bold', 'Lines for rtorrent.rc, unless you have them already'));
  for (const line of userRcLines(version ?? '0.9.8', socket, guardBytes)) output.line(`  ${line}`);
}

async function write(
  desk: Desk,
  configuration: Configuration,
  text: string,
  plan: SchedulePlan | undefined,
): Promise<ExitCode | undefined> {
  const { output, errors, file, flags } = desk;
  const present = readOrUndefined(file);
  const inTheWay = [
    ...(present === undefined || present === text ? [] : [file]),
    ...(plan?.inTheWay === undefined ? [] : [`${plan.where} (${plan.inTheWay.trim()})`]),
  ];
  output.line('');
  if (inTheWay.length > 0 && flags.force !== true && !desk.asks) {
    errors.line(`Nothing was written: ${inTheWay.join(' and ')} would be changed. --force does so.`);
    return exitCodes.problems;
  }
  if (desk.asks) {
    const { askYesOrNo } = await import('../init-questions.ts');
    const question =
      inTheWay.length > 0 ? `Write this, in the place of ${inTheWay.join(' and ')}?` : 'Write this?';
    const isWanted = await askYesOrNo(question, inTheWay.length === 0);
    if (isWanted === undefined) return undefined;
    if (!isWanted) {
      output.line('Nothing was written.');
      return exitCodes.ok;
    }
  }
  mkdirSync(configuration.managedDirectory, { recursive: true });
  if (present !== text) writePrivately(file, text);
  output.line(`written: ${file}`);
  if (plan !== undefined) {
    if (!plan.isInstalled) await plan.install();
    output.line(`written: ${plan.where}`);
  }
  output.line(
    `Put .torrent files into ${configuration.managedDirectory}. ${nextStep(desk, configuration, plan)}`,
  );
  return exitCodes.ok;
}

function nextStep(
  { places, file }: Desk,
  { rtorrent }: Configuration,
  plan: SchedulePlan | undefined,
): string {
  const options = file === places.configuration ? '' : ` --config ${file}`;
  const program = `rtorrent-low-space-driver${options}`;
  if (plan?.where.endsWith(unitName) === true) {
    return 'The daemon runs; `loginctl enable-linger` keeps it running while you are logged out.';
  }
  if (plan !== undefined && rtorrent.kind === 'external') return `Look at it with \`${program} status\`.`;
  return `Start it now: \`${program} daemon\`.`;
}
