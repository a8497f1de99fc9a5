/** Holds a torrent's only upload slot: a peer of our own that is interested, is unchoked, and never asks for anything. */

import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import { createConnection } from 'node:net';
import { CodecError } from '../codec/codec-error.ts';
import {
  encodeHandshake,
  interested,
  keepalive,
  notInterested,
  readHandshake,
  readMessages,
} from '../codec/peer-wire.ts';
import type { Infohash } from '../core/metainfo.ts';

/** rtorrent drops a peer that has been silent for 240 s. */
const keepaliveMs = 60_000;

/** Where rtorrent takes peers. */
export interface PeerAddress {
  readonly host: string;
  readonly port: number;
}

export class SlotHolder {
  /** As rtorrent names peers: 40 upper-case hex digits. */
  readonly peerId: string;
  private readonly socket: Socket;
  private readonly infohash: Infohash;
  private readonly onLost: () => void;
  private readonly timer: NodeJS.Timeout;
  private pending: Buffer = Buffer.alloc(0);
  private isGreeted = false;
  private state: 'waiting' | 'held' | 'lost' = 'waiting';
  private words = 'it did not unchoke us';

  /**
   * Connects as a peer of the torrent, and shows interest. `onLost` is called once, in the moment in which the slot is lost
   * after it was held; not after `release`.
   */
  constructor(address: PeerAddress, infohash: Infohash, onLost: () => void) {
    const peerId = randomBytes(20);
    this.peerId = peerId.toString('hex').toUpperCase();
    this.infohash = infohash;
    this.onLost = onLost;
    this.socket = createConnection({ host: address.host, port: address.port, noDelay: true });
    this.timer = setInterval(() => this.socket.write(keepalive), keepaliveMs);
    // A slot that is kept since rtorrent does not answer any more is no reason to live on.
    this.timer.unref();
    this.socket.unref();
    this.socket.on('connect', () => {
      // A plain handshake: it is refused where rtorrent requires encryption.
      this.socket.write(encodeHandshake(infohash, peerId));
    });
    this.socket.on('data', (chunk) => {
      this.read(chunk);
    });
    this.socket.on('error', (error) => {
      this.words = error.message;
    });
    this.socket.on('close', () => {
      this.lose(this.isGreeted ? 'it closed the connection' : this.words);
    });
  }

  /** Whether it holds the slot at this moment: then nobody else is sent anything. */
  get isHeld(): boolean {
    return this.state === 'held';
  }

  get isLost(): boolean {
    return this.state === 'lost';
  }

  /** Why it does not hold the slot: a clause about rtorrent. */
  get reason(): string {
    return this.words;
  }

  /** Shows interest anew: a slot that is free is given to who asks for it, and at other times only every 30 s. */
  askAgain(): void {
    if (!this.isGreeted || this.state !== 'waiting') return;
    this.socket.write(notInterested);
    this.socket.write(interested);
  }

  /** Gives the slot up, and closes the connection. Idempotent. */
  release(): void {
    this.state = 'lost';
    clearInterval(this.timer);
    this.socket.destroy();
  }

  private read(chunk: Buffer): void {
    this.pending = Buffer.concat([this.pending, chunk]);
    try {
      if (!this.isGreeted) {
        const greeting = readHandshake(this.pending, this.infohash);
        if (greeting === undefined) return;
        this.isGreeted = true;
        this.pending = this.pending.subarray(greeting);
        this.socket.write(interested);
      }
      const { messages, usedBytes } = readMessages(this.pending);
      this.pending = this.pending.subarray(usedBytes);
      for (const message of messages) {
        if (message === 'unchoke' && this.state === 'waiting') this.state = 'held';
        if (message === 'choke' && this.state === 'held') this.lose('it choked us');
      }
    } catch (error) {
      if (!(error instanceof CodecError)) throw error;
      this.lose(`it answered what no peer does: ${error.message}`);
    }
  }

  private lose(words: string): void {
    const wasHeld = this.state === 'held';
    if (this.state === 'lost') return;
    this.words = words;
    this.release();
    if (wasHeld) this.onLost();
  }
}
