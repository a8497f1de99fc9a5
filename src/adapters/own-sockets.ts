/** Where a process of this user listens, as /proc/net tells; empty where there is no /proc. */

import { readFileSync } from 'node:fs';
import { socketInodesOf } from './own-processes.ts';

export interface TcpListener {
  readonly port: number;
  /** Nobody beyond this host reaches it. */
  readonly isLoopback: boolean;
}

/** Absolute paths of the unix sockets that it listens on. */
export function unixListenersOf(pid: number): readonly string[] {
  const inodes = socketInodesOf(pid);
  // Num RefCount Protocol Flags Type St Inode Path; the flag says that it accepts connections (proc_pid_net(5)).
  return linesOf('/proc/net/unix').flatMap((line) => {
    const match = /^\S+ \S+ \S+ (\S+) \S+ \S+\s+(\d+) (\/.*)$/.exec(line);
    const isListening = (Number.parseInt(match?.[1] ?? '0', 16) & 0x10000) !== 0;
    return match?.[2] !== undefined && match[3] !== undefined && isListening && inodes.has(match[2])
      ? [match[3]]
      : [];
  });
}

/** TCP ports that it listens on. */
export function tcpListenersOf(pid: number): readonly TcpListener[] {
  const inodes = socketInodesOf(pid);
  return ['/proc/net/tcp', '/proc/net/tcp6'].flatMap(linesOf).flatMap((line) => {
    // sl local_address rem_address st … inode, numbers in hexadecimal; state 0A listens.
    const fields = line.trim().split(/\s+/);
    const [address, port] = (fields[1] ?? '').split(':');
    if (fields[3] !== '0A' || address === undefined || !inodes.has(fields[9] ?? '')) return [];
    return [{ port: Number.parseInt(port ?? '', 16), isLoopback: isLoopback(address) }];
  });
}

/** The words of an address are in the host's order: on a little-endian one its first byte comes last. */
function isLoopback(address: string): boolean {
  const lastWord = address.slice(-8);
  const isMapped = address.length === 8 || address.startsWith('0000000000000000FFFF0000');
  if (isMapped) return lastWord.endsWith('7F') || lastWord.startsWith('7F');
  return /^0{24}(?:01000000|00000001)$/.test(address);
}

function linesOf(path: string): readonly string[] {
  try {
    return readFileSync(path, 'utf8').split('\n').slice(1);
  } catch {
    return [];
  }
}
