/** A socket as a service manager has it: keeps the datagrams that come. Perl listens, as Node knows no such sockets. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';

const script = `
  use Socket;
  my ($path) = @ARGV;
  $path =~ s/^@/\\0/;
  socket(my $socket, PF_UNIX, SOCK_DGRAM, 0) or die "socket: $!";
  bind($socket, pack_sockaddr_un($path)) or die "bind: $!";
  $| = 1;
  print "listening\\0";
  while (defined(recv($socket, my $message, 65536, 0))) { print "$message\\0"; }
`;

export interface NotifySocket {
  /** What has come so far, oldest first, as lines of assignments; not the barriers that systemd-notify sends. */
  messages(): readonly string[];
  close(): Promise<void>;
}

/** `path` is a path, or a name in the abstract namespace with `@` before it, as in NOTIFY_SOCKET. */
export async function openNotifySocket(path: string): Promise<NotifySocket> {
  const child = spawn('perl', ['-e', script, path], { stdio: ['ignore', 'pipe', 'inherit'] });
  let received = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (received += chunk));
  await once(child.stdout, 'data');
  return {
    messages: () =>
      received
        .split('\0')
        .slice(1, -1)
        .map((message) => message.trim())
        .filter((message) => message !== 'BARRIER=1'),
    close: async () => {
      child.kill('SIGKILL');
      await once(child, 'close');
    },
  };
}
