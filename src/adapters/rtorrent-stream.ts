/** A torrent that is being streamed, as rtorrent has it: its rate, its only upload slot, and the switch that stops it. */

import type { XmlRpcCall } from '../codec/xmlrpc-value.ts';
import type { ByteString } from '../core/bytes.ts';
import { asByteString, bytesOfText } from '../core/bytes.ts';
import { Fault } from '../core/fault.ts';
import type { Infohash, Metainfo } from '../core/metainfo.ts';
import { streamMode } from '../core/parts.ts';
import { noPieces, piecesFromHex } from '../core/pieces.ts';
import type { StreamOrder, StreamSession, StreamView } from '../ports/rtorrent.ts';
import type { ClockPort } from '../ports/runtime.ts';
import { askAll, command, required, rowsOf, understood } from './rtorrent-answers.ts';
import { modeKey, readNumber, readText } from './rtorrent-fields.ts';
import type { RtorrentRpc } from './rtorrent-rpc.ts';
import type { Timers } from './rtorrent-timers.ts';
import { forTorrentsWhere, removeTimer, setTimer, whereEqual } from './rtorrent-timers.ts';
import { SlotHolder } from './slot-holder.ts';

const none = asByteString('');
const throttleName = asByteString('drv_stream');
const guardName = 'drv_guard';
/** It stops between 2 and 3 s after the last tick. */
const guardSeconds = 3;
const modeGetter = `d.custom=${modeKey}`;
/** Named throttles are without effect while the global rate is 0, unlimited. 0.9.8 refuses more than this. */
const highestRateKib = asByteString('327000');
/**
 * rtorrent hands out its rates once a second while little moves, and a throttle that is new gets its share at the fourth time
 * (measured: 4 s until the first byte). It does so, too, whenever the global rate is set after it was unlimited.
 */
const woken: readonly ByteString[] = [
  highestRateKib,
  ...Array.from({ length: 3 }, () => [asByteString('0'), highestRateKib]).flat(),
];
const startMs = 10_000;
/** rtorrent unchokes an interested peer within 50 ms where the slot is free. */
const patienceMs = 150;
const slotMs = 5_000;
const pollMs = 20;

/** What is called here, of methods that all versions have under one name. */
export const streamMethods: readonly string[] = [
  ...['load.raw', 'load.normal', 'd.is_active', 'd.bytes_done', 'd.completed_bytes', 'd.up.total'],
  ...['throttle.up', 'throttle.down', 'throttle.global_up.max_rate', 'throttle.global_down.max_rate'],
  ...[
    'throttle.global_up.max_rate.set_kb',
    'throttle.global_down.max_rate.set_kb',
    'd.down.rate',
    'd.downloads_max.set',
  ],
  ...['pieces.hash.on_completion', 'pieces.hash.on_completion.set', 'network.listen.port'],
  ...['network.bind_address', 'p.multicall', 'p.id', 'p.snubbed.set'],
];

/** Commands for its load: nothing is uploaded from the start, and no more than one slot can ever be given away. */
export function streamCommands({ mostDownloads }: StreamOrder): readonly ByteString[] {
  return [
    `d.custom.set=${modeKey},${streamMode}`,
    `d.throttle_name.set=${throttleName}`,
    'd.uploads_max.set=1',
    'd.uploads_min.set=1',
    `d.downloads_max.set=${mostDownloads}`,
  ].map(bytesOfText);
}

export class RtorrentStream implements StreamSession {
  private readonly rpc: RtorrentRpc;
  private readonly clock: ClockPort;
  private readonly metainfo: Metainfo;
  private readonly target: ByteString;
  private readonly erase: (infohash: Infohash) => Promise<void>;
  private readonly timers: Timers;
  /** What rtorrent does by itself when it hears no more of us. */
  private guard = '';
  private isHashingToRestore = false;
  private holder: SlotHolder | undefined;
  /** We are stopping it: that the slot goes with it is no news. */
  private isStopping = false;
  /** Under way: a stop for a slot that was lost. */
  private halting: Promise<void> = Promise.resolve();

  constructor(
    rpc: RtorrentRpc,
    clock: ClockPort,
    metainfo: Metainfo,
    timers: Timers,
    erase: (infohash: Infohash) => Promise<void>,
  ) {
    this.rpc = rpc;
    this.clock = clock;
    this.metainfo = metainfo;
    this.target = asByteString(metainfo.infohash);
    this.timers = timers;
    this.erase = erase;
  }

  /** Sets what has to be set before the torrent is loaded. */
  async prepare(rateBytesPerSecond: number): Promise<void> {
    const global = (direction: string): string => `throttle.global_${direction}.max_rate`;
    const [up, down, hashing] = await askAll(this.rpc, [
      command(global('up')),
      command(global('down')),
      command('pieces.hash.on_completion'),
    ]);
    const numbers = understood(() => [up, down, hashing].map((value) => readNumber(required(value))));
    this.isHashingToRestore = numbers[2] !== 0;
    const restore = this.isHashingToRestore ? '; pieces.hash.on_completion.set=1' : '';
    this.guard = `${forTorrentsWhere(modeGetter, streamMode, ['d.stop='])}${restore}`;
    const firstKib = asByteString(String(Math.max(1, Math.floor(rateBytesPerSecond / 1024))));
    await askAll(this.rpc, [
      // Made with a rate of 0 it would not be made at all.
      command('throttle.up', none, throttleName, asByteString('1')),
      command('throttle.up', none, throttleName, asByteString('0')),
      command('throttle.down', none, throttleName, firstKib),
      ...(numbers[0] === 0 ? [command(`${global('up')}.set_kb`, none, highestRateKib)] : []),
      ...(numbers[1] === 0 ? woken.map((rate) => command(`${global('down')}.set_kb`, none, rate)) : []),
      // Else rtorrent reads all of it again when the last piece has come, and finds holes.
      command('pieces.hash.on_completion.set', none, asByteString('0')),
      this.beat(),
    ]);
  }

  async tick(rateBytesPerSecond: number, mostDownloads: number): Promise<StreamView> {
    const rateKib = asByteString(String(Math.max(0, Math.floor(rateBytesPerSecond / 1024))));
    const { target } = this;
    await this.halting;
    const asked = [
      'd.is_active',
      'd.bitfield',
      'd.bytes_done',
      'd.completed_bytes',
      'd.up.total',
      'd.down.rate',
    ];
    const answers = await askAll(
      this.rpc,
      [
        command('throttle.down', none, throttleName, rateKib),
        this.beat(),
        command('d.downloads_max.set', target, asByteString(String(mostDownloads))),
        ...asked.map((method) => command(method, target)),
      ],
      new Set([...asked, 'd.downloads_max.set']),
    );
    const view = answers.slice(3);
    const isLoaded = view.every((value) => value !== undefined);
    return understood(() => {
      const [active, , bytesDone, completed, uploaded, rate] = view.map((value, index) =>
        isLoaded && index !== 1 ? readNumber(required(value)) : 0,
      ) as [number, number, number, number, number, number];
      const bits = isLoaded
        ? piecesFromHex(this.metainfo.pieceCount, readText(required(view[1])))
        : undefined;
      return {
        isLoaded,
        isActive: active !== 0,
        isSlotHeld: this.holder?.isHeld === true,
        pieces: bits ?? noPieces(this.metainfo.pieceCount),
        partialBytes: Math.max(0, bytesDone - completed),
        uploadedBytes: uploaded,
        downRateBytesPerSecond: rate,
      };
    });
  }

  async halt(): Promise<void> {
    await this.releaseAfter(async () => {
      // Gone is fine: then it does not run.
      await this.rpc.multicall([command('d.stop', this.target)]);
    });
  }

  async resume(): Promise<void> {
    if (this.holder?.isHeld === true) return;
    const { target, metainfo } = this;
    const [port, host] = await askAll(this.rpc, [
      command('network.listen.port'),
      command('network.bind_address'),
      this.beat(),
      command('d.start', target),
    ]);
    const address = understood(() => ({
      host: connectable(readText(required(host))),
      port: readNumber(required(port)),
    }));
    try {
      await this.untilActive();
      this.holder = new SlotHolder(address, metainfo.infohash, () => {
        if (!this.isStopping) this.halting = this.halt().catch(() => undefined);
      });
      // The session file then says that it is stopped: after a restart of rtorrent nothing is offered of what is gone. Said
      // before it is active, it would not become so.
      await askAll(this.rpc, [
        command(
          'd.multicall2',
          none,
          asByteString('main'),
          asByteString(whereEqual(modeGetter, streamMode, 'd.state.set=0')),
        ),
      ]);
      await this.untilHeld(this.holder);
    } catch (error) {
      await this.halt();
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.halting;
    await this.releaseAfter(() => this.erase(this.metainfo.infohash));
    await askAll(this.rpc, [
      removeTimer(this.timers, guardName),
      ...(this.isHashingToRestore ? [command('pieces.hash.on_completion.set', none, asByteString('1'))] : []),
    ]);
  }

  /**
   * The slot is ours until the torrent has stopped. Where it does not stop, we keep it: the next try, or rtorrent itself when it
   * hears no more of us, makes an end of it.
   */
  private async releaseAfter(stop: () => Promise<void>): Promise<void> {
    const { holder } = this;
    this.isStopping = true;
    try {
      await stop();
    } finally {
      this.isStopping = false;
    }
    holder?.release();
    if (this.holder === holder) this.holder = undefined;
  }

  /** Puts off what rtorrent does when it hears no more of us. */
  private beat(): XmlRpcCall {
    return setTimer(this.timers, guardName, guardSeconds, this.guard);
  }

  private async untilActive(): Promise<void> {
    const deadlineMs = performance.now() + startMs;
    for (;;) {
      const [active, message] = await askAll(this.rpc, [
        command('d.is_active', this.target),
        command('d.message', this.target),
        this.beat(),
      ]);
      if (understood(() => readNumber(required(active))) !== 0) return;
      if (performance.now() > deadlineMs) {
        const words = understood(() => readText(required(message)));
        const said = words === '' ? '' : `: ${words}`;
        throw new Fault('refused', `rtorrent has not started the torrent within ${startMs / 1000} s${said}`);
      }
      await this.clock.sleep(pollMs);
    }
  }

  /** Another peer may have been quicker: then all others are snubbed, which takes the slot from them, until we have it. */
  private async untilHeld(holder: SlotHolder): Promise<void> {
    const beganMs = performance.now();
    let snubbed: readonly ByteString[] = [];
    while (!holder.isHeld) {
      if (holder.isLost || performance.now() > beganMs + slotMs) {
        throw new Fault(
          'refused',
          `rtorrent does not give its upload slot to us: ${holder.reason}`,
          'protocol.encryption must not have `require` in it, and rtorrent must take connections from this host',
        );
      }
      await this.clock.sleep(pollMs);
      await askAll(this.rpc, [this.beat()]);
      if (performance.now() < beganMs + patienceMs) continue;
      snubbed = await this.othersThan(holder);
      await this.snub(snubbed, '1');
      holder.askAgain();
      await this.clock.sleep(patienceMs);
    }
    await this.snub(snubbed, '0');
  }

  /** Targets of rtorrent's commands, one for each peer that is connected. */
  private async othersThan(holder: SlotHolder): Promise<readonly ByteString[]> {
    const answer = await this.rpc.call('p.multicall', this.target, none, asByteString('p.id='));
    return understood(() =>
      rowsOf(answer)
        .map((row) => readText(required(rowsOf(row)[0])))
        .filter((peer) => peer !== holder.peerId)
        .map((peer) => asByteString(`${this.target}:p${peer}`)),
    );
  }

  /** Peers that are gone meanwhile do not matter. */
  private async snub(peers: readonly ByteString[], flag: '0' | '1'): Promise<void> {
    if (peers.length === 0) return;
    await this.rpc.multicall(peers.map((peer) => command('p.snubbed.set', peer, asByteString(flag))));
  }
}

/** Where rtorrent takes connections: the address that it is bound to, or any of this host's. */
function connectable(bound: ByteString): string {
  return bound === '' || bound === '0.0.0.0' || bound === '::' ? '127.0.0.1' : bound;
}
