/**
 * The service manager that started this process (systemd, or another that knows sd_notify): told that the service is
 * ready, alive, reloading or stopping. The messages are datagrams on a unix socket, which Node cannot send;
 * `systemd-notify`, which is wherever systemd is, sends them (docs/decisions/0013-daemon.md).
 */

import { runProgram } from './process.ts';

const tellTimeoutMs = 10_000;

export class ServiceManager {
  /** Where it wants to hear from us at least this often: the period; else undefined. */
  readonly watchdogMs: number | undefined;
  private readonly isThere: boolean;

  constructor(environment: Readonly<Record<string, string | undefined>>, processId: number) {
    this.isThere = (environment['NOTIFY_SOCKET'] ?? '') !== '';
    const periodUs = Number(environment['WATCHDOG_USEC'] ?? '');
    const isOurs = [String(processId), undefined].includes(environment['WATCHDOG_PID']);
    this.watchdogMs = this.isThere && isOurs && periodUs > 0 ? periodUs / 1000 : undefined;
  }

  /**
   * Sends assignments as sd_notify(3) lists them. Answers with what went wrong, in a few words, or undefined; never
   * rejects. Where no service manager asked for it, nothing is sent.
   */
  async tell(...assignments: readonly string[]): Promise<string | undefined> {
    if (!this.isThere) return undefined;
    const run = await runProgram({
      file: 'systemd-notify',
      arguments: assignments,
      timeoutMs: tellTimeoutMs,
    });
    if (run.isMissing) return 'systemd-notify is not installed';
    return run.exitCode === 0 ? undefined : (run.stderr.trim().split('\n')[0] ?? 'systemd-notify failed');
  }

  /** That a reload has begun; it is over with the next `READY=1`. */
  async tellReloading(): Promise<string | undefined> {
    // Of the monotonic clock, as Type=notify-reload wants it (sd_notify(3)).
    return await this.tell('RELOADING=1', `MONOTONIC_USEC=${process.hrtime.bigint() / 1000n}`);
  }
}
