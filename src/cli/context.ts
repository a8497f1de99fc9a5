/** What every command starts from: the configuration, the places, the screens. */

import type { Configuration } from './config.ts';
import { ConfigurationError, readConfiguration } from './config.ts';
import type { CrashRecorder } from './crash.ts';
import type { Places } from './places.ts';
import { configurationFile, findPlaces } from './places.ts';
import { Log } from './report/log.ts';
import { Terminal } from './report/terminal.ts';
import { policyAt } from './times-of-day.ts';

/** Options that all commands take. */
export interface GlobalOptions {
  readonly config?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
  readonly logLevel?: 'debug' | 'info' | 'warning' | 'error';
  /** Of the daemon alone: in the place of what the configuration says. */
  readonly rtorrent?: 'external' | 'embedded';
}

export interface Context {
  readonly managedDirectory: string;
  /** @throws ConfigurationError of a context for looking, where the file has mistakes: a daemon at work can do without it. */
  readonly configuration: Configuration;
  readonly places: Places;
  readonly output: Terminal;
  readonly errors: Terminal;
  readonly log: Log;
  readonly isJson: boolean;
  readonly environment: NodeJS.ProcessEnv;
  readonly crashes: CrashRecorder;
  /**
   * Reads the configuration again, with the same options.
   *
   * @throws ConfigurationError
   */
  readonly readAgain: () => Configuration;
}

/**
 * Reads the configuration and opens the screens. Who drives writes a log; of any other command it is an answer to whoever
 * called it, and always for people.
 *
 * @throws ConfigurationError
 */
export function createContext(
  options: GlobalOptions,
  environment: NodeJS.ProcessEnv,
  crashes: CrashRecorder,
  isDriver = false,
): Context {
  const { places, readAgain } = readerFor(options, environment);
  const configuration = readAgain();
  const format = isDriver ? configuration : { ...configuration, logFormat: 'human' as const };
  return {
    managedDirectory: configuration.managedDirectory,
    configuration,
    ...screensFor(options, environment, format),
    places,
    environment,
    crashes,
    readAgain,
  };
}

/**
 * As `createContext`, for who only looks: while somebody edits the file, a daemon goes on with what it read before, and can be
 * asked as soon as its managed directory is known. `mistake` is what the file has then.
 *
 * @throws ConfigurationError
 */
export function createLookingContext(
  options: GlobalOptions,
  environment: NodeJS.ProcessEnv,
  crashes: CrashRecorder,
): { readonly context: Context; readonly mistake?: ConfigurationError } {
  try {
    return { context: createContext(options, environment, crashes) };
  } catch (mistake) {
    if (!(mistake instanceof ConfigurationError) || mistake.managedDirectory === undefined) throw mistake;
    const { managedDirectory } = mistake;
    const format = { logLevel: levelOf(options, { logLevel: 'info' }), logFormat: 'human' } as const;
    const { places, readAgain } = readerFor(options, environment);
    const context = {
      managedDirectory,
      get configuration(): Configuration {
        throw mistake;
      },
      ...screensFor(options, environment, format),
      places,
      environment,
      crashes,
      readAgain,
    };
    return { context, mistake };
  }
}

function readerFor(
  options: GlobalOptions,
  environment: NodeJS.ProcessEnv,
): Pick<Context, 'places' | 'readAgain'> {
  const places = findPlaces(environment);
  const file = options.config ?? configurationFile(places);
  const overrides = options.rtorrent === undefined ? {} : { rtorrent: options.rtorrent };
  const readAgain = (): Configuration => {
    const read = readConfiguration(file, places.home, overrides);
    return { ...read, policy: policyAt(read, new Date()), logLevel: levelOf(options, read) };
  };
  return { places, readAgain };
}

function screensFor(
  options: GlobalOptions,
  environment: NodeJS.ProcessEnv,
  format: Pick<Configuration, 'logLevel' | 'logFormat'>,
): Pick<Context, 'output' | 'errors' | 'log' | 'isJson'> {
  const errors = new Terminal(process.stderr, environment);
  return {
    output: new Terminal(process.stdout, environment),
    errors,
    log: new Log(format, errors),
    isJson: options.json === true,
  };
}

function levelOf(
  options: GlobalOptions,
  { logLevel }: Pick<Configuration, 'logLevel'>,
): Configuration['logLevel'] {
  if (options.verbose === true) return 'debug';
  if (options.quiet === true) return 'error';
  if (options.logLevel === undefined) return logLevel;
  return options.logLevel === 'warning' ? 'warn' : options.logLevel;
}
