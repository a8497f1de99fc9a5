/**
 * Hosts with lines between them that the kernel holds to given rates: the seed, the remote host and a router get a network
 * namespace each. As with a line to a home, the router is where packets queue: `tc` limits there what goes to us, and what
 * goes to the remote host. Needs root, iproute2, util-linux, and a namespace of our own (`unshare --net`): nothing of it is
 * then to be seen outside, or to be taken away.
 */

import { execFileSync, spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { hosts } from '../test/e2e/rig.ts';
import type { Addresses } from '../test/e2e/rig/addresses.ts';
import type { Link } from './links.ts';

/** A queue that is full for so long drops packets, which makes TCP find the rate. */
const queueMs = 100;
/** How hosts find the rate of a line: as Linux does unless it is told otherwise, whatever this machine is told. */
const congestionControl = 'cubic';
/** What may go out at once: at the rates of a bench, less than it sends in a tick of the kernel's clock and in a packet. */
const burstBytes = 32 * 1024;

export interface ShapedNetwork extends Addresses {
  /** From the seed to us, and from us to the remote host. */
  shape(link: Link): void;
  /** All that has gone over the line to the remote host so far, headers among it. */
  shippedBytes(): number;
}

/** Whether namespaces and `tc` are to be had here; where not, why. */
export function namespacesLack(): string | undefined {
  if (process.getuid?.() !== 0) return 'they need root';
  const probe = spawnSync('unshare', ['--net', 'sh', '-c', probeScript], { encoding: 'utf8' });
  if (probe.status === 0) return undefined;
  return (probe.error?.message ?? probe.stderr.trim()) || 'the kernel has them not';
}

const probeScript = `ip link set lo up && ip link add one type veth peer name other && nsenter --version >/dev/null &&
  tc qdisc add dev one root tbf rate 8mbit burst 32kb latency 100ms`;

function addressOf(host: number): string {
  return `10.77.0.${host}`;
}

const routerAddress = addressOf(254);

/** Peers that live with us, should a rig have any: they share our line. */
const leechers = [1, 2, 3, 4].map((count) => hosts.leechers + count);

/** In a network namespace of our own, with nothing in it yet. */
export async function openShapedNetwork(): Promise<ShapedNetwork> {
  run(['ip', 'link', 'set', 'lo', 'up']);
  const ours = [hosts.client, hosts.tracker, ...leechers];
  for (const host of ours) {
    run(['ip', 'address', 'add', addressOf(host), 'dev', 'lo']);
  }
  // Ports of the other hosts are chosen here, by listening on their addresses for a moment.
  writeFileSync('/proc/sys/net/ipv4/ip_nonlocal_bind', '1');
  const router = await openNamespace();
  run([...router.enter, 'sh', '-c', 'echo 1 >/proc/sys/net/ipv4/ip_forward']);
  run([...router.enter, 'ip', 'address', 'add', routerAddress, 'dev', 'lo']);
  connect(router, 'home', { pid: process.pid, enter: [] }, ours);
  const others = new Map<number, Namespace>();
  for (const [name, host] of [
    ['seed', hosts.seeder],
    ['remote', hosts.remote],
  ] as const) {
    const namespace = await openNamespace();
    run([...namespace.enter, 'ip', 'link', 'set', 'lo', 'up']);
    connect(router, name, namespace, [host]);
    run([...namespace.enter, 'ip', 'address', 'add', addressOf(host), 'dev', 'line']);
    others.set(host, namespace);
  }
  return {
    at: addressOf,
    enter: (host) => others.get(host)?.enter ?? [],
    release: () => undefined,
    shape({ downKiB, shipKiB }) {
      run([...router.enter, 'tc', ...limited('home', downKiB)]);
      run([...router.enter, 'tc', ...limited('remote', shipKiB)]);
    },
    shippedBytes: () => sentBytesOf(router, 'remote'),
  };
}

interface Namespace {
  readonly pid: number;
  /** Words before a program that is to run in it. */
  readonly enter: readonly string[];
}

/** It lasts as long as a process in it, which ends with us. */
async function openNamespace(): Promise<Namespace> {
  const holder = spawn('unshare', ['--net', 'sh', '-c', 'echo; exec cat >/dev/null'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  await once(holder.stdout, 'data');
  release(holder);
  const pid = holder.pid ?? 0;
  return { pid, enter: ['nsenter', `--net=/proc/${pid}/ns/net`] };
}

/** A line from a port of the router to a namespace, which has these addresses and reaches all others over it. */
function connect(router: Namespace, port: string, to: Namespace, addresses: readonly number[]): void {
  const ends = ['name', port, 'netns', String(router.pid)];
  run(['ip', 'link', 'add', 'line', 'netns', String(to.pid), 'type', 'veth', 'peer', ...ends]);
  run([...router.enter, 'ip', 'link', 'set', port, 'up']);
  for (const host of addresses) run([...router.enter, 'ip', 'route', 'add', addressOf(host), 'dev', port]);
  run([...to.enter, 'ip', 'link', 'set', 'line', 'up']);
  const route = ['default', 'via', routerAddress, 'dev', 'line', 'onlink', 'congctl', congestionControl];
  run([...to.enter, 'ip', 'route', 'add', ...route]);
}

/** It keeps nobody waiting. */
function release(holder: ChildProcess): void {
  holder.unref();
  for (const stream of [holder.stdin, holder.stdout]) (stream as unknown as { unref(): void }).unref();
}

function limited(device: string, rateKiB: number): readonly string[] {
  const rate = ['rate', `${rateKiB * 8 * 1024}bit`, 'burst', String(burstBytes), 'latency', `${queueMs}ms`];
  return ['qdisc', 'replace', 'dev', device, 'root', 'tbf', ...rate];
}

/** All that a port has sent, headers among it. */
function sentBytesOf({ enter }: Namespace, port: string): number {
  const command = [...enter, 'ip', '-json', '-statistics', 'link', 'show', 'dev', port];
  const written = execFileSync(command[0] ?? '', command.slice(1), { encoding: 'utf8' });
  const [shown] = JSON.parse(written) as [{ readonly stats64: { readonly tx: { readonly bytes: number } } }];
  return shown.stats64.tx.bytes;
}

function run(command: readonly string[]): void {
  execFileSync(command[0] ?? '', command.slice(1), { stdio: ['ignore', 'ignore', 'inherit'] });
}
