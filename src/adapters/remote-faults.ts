/** What ssh and rsync mean when they fail: their exit codes and words, as faults with a fix. */

import { Fault } from '../core/fault.ts';
import type { RunRecord } from './process.ts';
import { describeRun, faultOfLimits } from './process.ts';

interface Symptom {
  readonly words: RegExp;
  readonly kind: Fault['kind'];
  readonly message: (host: string) => string;
  readonly remedy: (host: string) => string;
}

const cutConnection: Symptom = {
  words:
    /Connection (?:refused|timed out|reset|closed)|Connection to \S+ port \d+ timed out|No route to host|Network is unreachable|Broken pipe|lost connection|connection unexpectedly closed|Timeout, server/,
  kind: 'unreachable',
  message: (host) => `${host} cannot be reached`,
  remedy: (host) => `see whether this works: ssh ${host} true`,
};

/** The first that fits counts; ordered from the particular to the general. */
const symptoms: readonly Symptom[] = [
  {
    words: /REMOTE HOST IDENTIFICATION HAS CHANGED/,
    kind: 'refused',
    message: (host) => `the host key of ${host} has changed`,
    remedy: (host) => `make sure that it is the right host, then run: ssh-keygen -R ${host}`,
  },
  {
    words: /Host key verification failed/,
    kind: 'refused',
    message: (host) => `the host key of ${host} is not known`,
    remedy: (host) => `log in once by hand and accept it: ssh ${host}`,
  },
  {
    words: /Permission denied \((?:publickey|password|keyboard)/,
    kind: 'refused',
    message: (host) => `${host} does not let us in without a password`,
    remedy: (host) => `set up a key: ssh-copy-id ${host}`,
  },
  {
    words: /Could not resolve hostname/,
    kind: 'unreachable',
    message: (host) => `there is no host ${host}`,
    remedy: () => 'check remote_host, or add the alias to ~/.ssh/config',
  },
  {
    words: /is your shell clean\?|unexpected tag \d+|Unexpected remote arg/,
    kind: 'garbled',
    message: (host) =>
      `the login shell of ${host} prints something of its own, which rsync cannot understand`,
    remedy: (host) => `make this print nothing: ssh ${host} true`,
  },
  {
    words: /No space left on device|Disk quota exceeded/,
    kind: 'full',
    message: (host) => `${host} has no room left`,
    remedy: (host) => `make room below remote_path on ${host}; it goes on by itself then`,
  },
  {
    words: /File too large|File size limit exceeded/,
    kind: 'full',
    message: (host) => `${host} takes no file as large as one that is to be shipped`,
    remedy: (host) => `raise the limit of file sizes on ${host} (ulimit -f), or use another filesystem there`,
  },
  {
    words: /Read-only file system/,
    kind: 'refused',
    message: (host) => `remote_path on ${host} is on a read-only filesystem`,
    remedy: () => 'mount it writable, or set another remote_path',
  },
  {
    words: /rsync: (?:command )?not found|rsync: No such file|ommand(?: not found)?: rsync/,
    kind: 'missing-program',
    message: (host) => `${host} has no rsync`,
    remedy: (host) => `install rsync on ${host}`,
  },
  {
    words: /Not a directory|File exists|Too many levels of symbolic links/,
    kind: 'refused',
    message: (host) => `on ${host} a file or a symlink has the name of a directory that is needed`,
    remedy: () => 'move it away below remote_path, or ship to another remote_path',
  },
  {
    words: /could not make way for|cannot delete non-empty directory/,
    kind: 'refused',
    message: (host) => `on ${host} a directory has the name of a file that is to be shipped`,
    remedy: () => 'move it away below remote_path, or ship to another remote_path',
  },
  {
    words: /io timeout after/,
    kind: 'limit',
    message: (host) => `nothing moved any more between here and ${host}`,
    remedy: () => 'it goes on where it stopped',
  },
  {
    words: /Permission denied/,
    kind: 'refused',
    message: (host) => `${host} does not let us write below remote_path`,
    remedy: (host) => `give the login on ${host} the right to write there`,
  },
  cutConnection,
];

/** What rsync says of this side, where it reads the files that it sends. */
const localSymptoms: readonly Omit<Symptom, 'remedy'>[] = [
  {
    words: /^(?:rsync: \[sender\] .*: No such file or directory \(2\)|file has vanished: )/m,
    kind: 'gone',
    message: () => 'a file that was to be shipped is no longer here',
  },
  {
    words: /^The "cwd" option is invalid/,
    kind: 'gone',
    message: () => 'the directory of what was to be shipped is no longer here',
  },
  {
    words: /^rsync: \[sender\] .*: Permission denied \(13\)/m,
    kind: 'refused',
    message: () => 'a file that is to be shipped cannot be read here: run as the same user as rtorrent',
  },
];

/** The fault that a failed run of rsync from here to there stands for. */
export function faultOfTransfer(run: RunRecord, host: string): Fault {
  const local = run.limit === undefined && localSymptoms.find(({ words }) => words.test(run.stderr));
  return local ? new Fault(local.kind, local.message(host)) : faultOfRemoteRun(run, host);
}

/** ssh's own exit code: where the connection that it shares ends, it says no word. */
function symptomOfExit({ exitCode }: RunRecord): Symptom | undefined {
  return exitCode === 255 ? cutConnection : undefined;
}

/** The fault that a failed run of ssh or rsync stands for. */
export function faultOfRemoteRun(run: RunRecord, host: string): Fault {
  const limit = faultOfLimits(run);
  if (limit !== undefined) return limit;
  const symptom = symptoms.find(({ words }) => words.test(run.stderr)) ?? symptomOfExit(run);
  if (symptom === undefined) return new Fault('failed', describeRun(run));
  return new Fault(symptom.kind, symptom.message(host), symptom.remedy(host));
}
