/** How fast a streamed file may come in, so that its window is never overrun, whatever happens to whom. */

/**
 * rtorrent stops a stream by itself up to 3 s after it heard of us last, and overshoots a rate by up to 1 s of the one before
 * it; a busy machine is late for both (measured: with 4 s, three blocks beyond the window).
 */
export const reactionMs = 6_000;
/** rtorrent 0.9.8 takes no higher rate. */
const mostBytesPerSecond = 320 * 1024 ** 2;
/** A piece that is just arriving and one that is just being written, and the map of a file in pieces. */
const slackPieces = 2;
const slackBlocks = 16;
/** Fewer pieces than that, and hardly anything could come in while something goes out. */
const leastPieces = 8;
const mostPeers = 50;
const mostBatchBytes = 8 * 1024 ** 2;
/** More than that, and nothing is won: it is a minute of the quickest links. */
const mostUsefulBytes = 2 * 1024 ** 3;

export interface StreamWindow {
  /** The most that the torrent may take on the disk. */
  readonly windowBytes: number;
  readonly pieceLengthBytes: number;
  readonly blockBytes: number;
}

/** What a window has to be at least, beside what other files of the torrent take. */
export function leastWindowBytes(pieceLengthBytes: number, blockBytes: number): number {
  return (leastPieces + slackPieces) * pieceLengthBytes + slackBlocks * blockBytes;
}

export function mostWindowBytes(pieceLengthBytes: number): number {
  return Math.max(mostUsefulBytes, 64 * pieceLengthBytes);
}

/**
 * In bytes a second: what comes in until rtorrent stops it by itself still fits into the window. It falls as the backlog of
 * what is not shipped yet grows, to 0 where there is no room; every stop would cost the peers.
 */
export function streamRate(window: StreamWindow, allocatedBytes: number): number {
  const roomBytes = window.windowBytes - slackOf(window) - allocatedBytes;
  return Math.max(0, Math.min(mostBytesPerSecond, Math.floor((roomBytes * 1000) / reactionMs)));
}

/** Whether it has to be stopped, for the rate has not held it. */
export function isOverrun(window: StreamWindow, allocatedBytes: number): boolean {
  return allocatedBytes > window.windowBytes - slackOf(window) / 2;
}

/** From how many peers it may fetch at once: each may leave a piece unfinished, and a quarter of the window is for those. */
export function mostDownloads({ windowBytes, pieceLengthBytes }: StreamWindow): number {
  return Math.max(1, Math.min(mostPeers, Math.floor(windowBytes / 4 / pieceLengthBytes)));
}

/** How many pieces are sent at once: enough to be worth a round trip, few enough to free the window soon. */
export function batchPieces({ windowBytes, pieceLengthBytes }: StreamWindow): number {
  return Math.max(1, Math.floor(Math.min(mostBatchBytes, windowBytes / 8) / pieceLengthBytes));
}

/** What is left free of a window, for what a rate cannot hold back. */
export function slackOf({ pieceLengthBytes, blockBytes }: StreamWindow): number {
  return slackPieces * pieceLengthBytes + slackBlocks * blockBytes;
}
