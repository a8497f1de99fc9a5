/** `daemon`: runs under the lock until it is told to stop; ends cleanly on the first signal, reads the configuration on SIGHUP. */

import { watchDirectories } from '../../adapters/directory-watch.ts';
import { torrentDirectories } from '../../adapters/managed-directory.ts';
import { systemClock } from '../../adapters/runtime.ts';
import { ServiceManager } from '../../adapters/service-manager.ts';
import { runDaemon } from '../../driver/daemon.ts';
import { monitorReporter } from '../../driver/monitor-reporter.ts';
import { Monitor } from '../../driver/monitor.ts';
import { Nudge } from '../../driver/nudge.ts';
import { composeReporters } from '../../driver/reporters.ts';
import type { Configuration } from '../config.ts';
import { ConfigurationError } from '../config.ts';
import type { Context } from '../context.ts';
import { openOutlets } from '../dashboard.ts';
import type { ExitCode } from '../exit-codes.ts';
import { exitCodes } from '../exit-codes.ts';
import { openEmbedded } from '../embedded.ts';
import { holdLock } from '../hold-lock.ts';
import { reload } from '../reload.ts';
import { LogReporter } from '../report/reporter.ts';
import { untilSignalled } from '../signals.ts';
import { policyInForce } from '../times-of-day.ts';
import { wire } from '../wiring.ts';

export async function daemon(context: Context): Promise<ExitCode> {
  const { places, log, errors, environment } = context;
  const lock = holdLock(context);
  if (lock === undefined) return exitCodes.tryAgain;
  const monitor = new Monitor();
  context.crashes.follow(monitor, places.state);
  const nudge = new Nudge();
  const recorder = monitorReporter(monitor, systemClock);
  const reporter = composeReporters(new LogReporter(log, errors), recorder);
  const embedded = openEmbedded(context.configuration, places, log, (event) => {
    if (event.kind === 'ended') recorder.troubled('rtorrent', event.sentence, undefined);
    nudge.give();
  });
  const wired = wire(context.configuration, places, reporter, false, embedded);
  const service = openService(context, new ServiceManager(environment, process.pid));
  let { configuration } = context;
  const signals = untilSignalled({
    onFirst: () => {
      service.tell('STOPPING=1');
      log.info('stopping', { detail: 'transfers are ended and go on next time; once more ends it at once' });
    },
    onHangUp: () => {
      service.reloading();
      configuration = readAgain(context, configuration);
      nudge.give();
      service.tell('READY=1');
    },
  });
  const unwatch = watchDirectories(torrentDirectories(configuration.managedDirectory), nudge.give);
  let closeOutlets: (() => Promise<void>) | undefined;
  try {
    const policy = policyInForce(
      () => configuration,
      () => new Date(),
    );
    closeOutlets = await openOutlets(context, { kind: 'daemon', monitor, wired, nudge, policy });
    await embedded?.start();
    log.info('watching', { detail: configuration.managedDirectory });
    service.tell('READY=1');
    const { signal } = signals;
    await runDaemon({ ports: wired.ports, policy, signal, monitor, nudge });
    errors.clearProgress();
  } finally {
    unwatch();
    await closeOutlets?.();
    await service.close();
    signals.end();
    await wired.close();
    await embedded?.stop();
    lock.release();
  }
  // Only now: hooks and an rtorrent of our own take some seconds to end.
  log.info('stopped');
  return exitCodes.ok;
}

/** What cannot be used is told line by line, and not taken. */
function readAgain({ log, readAgain: read }: Context, current: Configuration): Configuration {
  try {
    const { configuration, needRestart } = reload(current, read());
    log.level = configuration.logLevel;
    log.info('configuration read again', { detail: configuration.file });
    if (needRestart.length > 0) {
      log.warn('changed, and heeded only after a restart', {
        detail: needRestart.join(', '),
        remedy: 'start the daemon again',
      });
    }
    return configuration;
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    for (const line of error.lines) log.error('configuration not taken', { detail: line });
    return current;
  }
}

interface Service {
  tell(assignment: string): void;
  reloading(): void;
  close(): Promise<void>;
}

/** Tells the service manager one thing after another, and regularly that the daemon is alive. */
function openService({ log }: Context, manager: ServiceManager): Service {
  let told = Promise.resolve();
  let hasFailed = false;
  const say = (message: () => Promise<string | undefined>): void => {
    told = told.then(async () => {
      const trouble = await message();
      if (trouble !== undefined && !hasFailed)
        log.warn('the service manager was not told', { detail: trouble });
      hasFailed = trouble !== undefined;
    });
  };
  const beat = (): void => {
    say(() => manager.tell('WATCHDOG=1'));
  };
  const timer = manager.watchdogMs === undefined ? undefined : setInterval(beat, manager.watchdogMs / 3);
  return {
    tell: (assignment) => {
      say(() => manager.tell(assignment));
    },
    reloading: () => {
      say(() => manager.tellReloading());
    },
    close: async () => {
      clearInterval(timer);
      await told;
    },
  };
}
