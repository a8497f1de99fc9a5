/** What every command starts from: the configuration, the places, the screens. */

import type { Configuration } from './config.ts';
import { readConfiguration } from './config.ts';
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
  const places = findPlaces(environment);
  const file = options.config ?? configurationFile(places);
  const overrides = options.rtorrent === undefined ? {} : { rtorrent: options.rtorrent };
  const readAgain = (): Configuration => {
    const read = readConfiguration(file, places.home, overrides);
    return { ...read, policy: policyAt(read, new Date()), logLevel: levelOf(options, read) };
  };
  const configuration = readAgain();
  const errors = new Terminal(process.stderr, environment);
  return {
    configuration,
    places,
    output: new Terminal(process.stdout, environment),
    errors,
    log: new Log(isDriver ? configuration : { ...configuration, logFormat: 'human' }, errors),
    isJson: options.json === true,
    environment,
    crashes,
    readAgain,
  };
}

function levelOf(options: GlobalOptions, { logLevel }: Configuration): Configuration['logLevel'] {
  if (options.verbose === true) return 'debug';
  if (options.quiet === true) return 'error';
  if (options.logLevel === undefined) return logLevel;
  return options.logLevel === 'warning' ? 'warn' : options.logLevel;
}
