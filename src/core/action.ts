/** What a plan is made of: actions that name all they need, and waits that name their reason. */

import type { ByteString } from './bytes.ts';
import type { Space, Window } from './budget.ts';
import type { DutyTerms } from './policy.ts';
import type { Infohash, ManagedTorrent, MetainfoFile } from './metainfo.ts';
import type { Receipt } from './prove.ts';
import type { Failure, Job } from './snapshot.ts';

export type Action =
  | Load
  | Select
  | Extend
  | Roll
  | Unload
  | SetAside
  | Start
  | Tidy
  | Place
  | Ship
  | ProveContent
  | Stream
  | Purge
  | Retire;

/** Hand the whole torrent to rtorrent and start it. */
export interface Load {
  readonly kind: 'load';
  readonly managed: ManagedTorrent;
  readonly directory: ByteString;
  /** What it may come to take on disk beyond what it takes now. */
  readonly reservedBytes: number;
  /** What it has sent to others already: its duty goes on from there. */
  readonly uploadedBytes: number;
}

/** Hand an oversize torrent to rtorrent with the truth about the pieces on disk, to fetch these files and no others. */
export interface Select {
  readonly kind: 'select';
  readonly managed: ManagedTorrent;
  readonly directory: ByteString;
  /** Indices, ascending. */
  readonly files: readonly number[];
  readonly reservedBytes: number;
  /** What it has sent to others already. */
  readonly uploadedBytes: number;
}

/** Fetch further files of a torrent in parts as well, without a stop. */
export interface Extend {
  readonly kind: 'extend';
  readonly managed: ManagedTorrent;
  readonly directory: ByteString;
  /** Indices of those that are added, ascending. */
  readonly files: readonly number[];
  /** What it may come to take beyond what it was promised before. */
  readonly reservedBytes: number;
}

/**
 * Take a torrent in parts out of rtorrent, delete the files that the receipts prove to be on the remote, and load it again
 * at once, with what is left and further files: as many as there is room for once the disk shows what has come free. No
 * other torrent is at its place.
 */
export interface Roll {
  readonly kind: 'roll';
  readonly managed: ManagedTorrent;
  readonly directory: ByteString;
  readonly receipts: readonly Receipt[];
  /** To be deleted: files with these receipts, and padding. */
  readonly files: readonly MetainfoFile[];
  /** Indices of the files that go on being fetched, or wait for their proof, ascending. */
  readonly selected: readonly number[];
  /** Indices of those of which the next ones are chosen. */
  readonly rest: readonly number[];
  /** What the choice has to keep within. */
  readonly window: Window;
  /** Free on the filesystem, and not for this torrent: the reserve, and what others may still come to take. */
  readonly heldBytes: number;
}

/** Take the torrent out of rtorrent and keep its data: it is about to be loaded in another way. */
export interface Unload {
  readonly kind: 'unload';
  readonly managed: ManagedTorrent;
  readonly directory: ByteString;
}

/** Take a torrent of which nothing arrives out of rtorrent, for others to go on, and try it again after a rest. */
export interface SetAside {
  readonly kind: 'set-aside';
  readonly managed: ManagedTorrent;
  readonly directory: ByteString;
  /** As it was when this was decided: if anything has arrived since, it stays. */
  readonly receivedBytes: number;
  /** Unfinished ones that are deleted, none where much would be lost. What turns out to be whole stays. */
  readonly files: readonly MetainfoFile[];
  /** Absolute paths of other torrents' files: never touched. */
  readonly keep: ReadonlySet<ByteString>;
  /** Until when it rests. */
  readonly failure: Failure;
}

/** Start again what rtorrent's low-diskspace guard closed. */
export interface Start {
  readonly kind: 'start';
  readonly managed: ManagedTorrent;
  readonly directory: ByteString;
}

/**
 * Delete unfinished files of an oversize torrent that is not loaded: pieces of them were fetched with other files, or
 * while it was loaded whole, and they leave no room for any file to be finished. The swarm has them.
 */
export interface Tidy {
  readonly kind: 'tidy';
  readonly managed: ManagedTorrent;
  readonly directory: ByteString;
  readonly files: readonly MetainfoFile[];
  /** Absolute paths of other torrents' files: never touched. */
  readonly keep: ReadonlySet<ByteString>;
}

/** Give the torrent a place of its own on the remote: at its name lies something else. */
export interface Place {
  readonly kind: 'place';
  readonly managed: ManagedTorrent;
  /** Directory below the remote's root. */
  readonly place: ByteString;
}

/** Copy files to the remote. */
export interface Ship {
  readonly kind: 'ship';
  readonly managed: ManagedTorrent;
  readonly directory: ByteString;
  readonly files: readonly MetainfoFile[];
}

/** Read both copies of files that have arrived and compare them; what is alike gets a receipt. */
export interface ProveContent {
  readonly kind: 'prove';
  readonly managed: ManagedTorrent;
  readonly directory: ByteString;
  readonly files: readonly MetainfoFile[];
  /** Where to ship it to should the remote hold something else at its name; undefined where it cannot move any more. */
  readonly elsewhere: ByteString | undefined;
}

/**
 * Fetch a file that is larger than what the limit leaves, and ship each piece and free it here as it is finished: until the
 * whole file is on the remote, proved.
 */
export interface Stream {
  readonly kind: 'stream';
  readonly managed: ManagedTorrent;
  readonly directory: ByteString;
  readonly files: readonly [MetainfoFile];
  /** The most that the torrent may take on the disk meanwhile, all its files together. */
  readonly windowBytes: number;
  readonly blockBytes: number;
  /** Where to ship it to should the remote hold something else at its name; undefined where it cannot move any more. */
  readonly elsewhere: ByteString | undefined;
}

/** Delete the local copies of files that the receipts prove to be on the remote, and take the torrent out of rtorrent. */
export interface Purge {
  readonly kind: 'purge';
  readonly managed: ManagedTorrent;
  readonly directory: ByteString;
  readonly receipts: readonly Receipt[];
  /** The files with these receipts, and padding. */
  readonly files: readonly MetainfoFile[];
  /** Absolute paths of other torrents' files: never touched. */
  readonly keep: ReadonlySet<ByteString>;
  readonly isLoaded: boolean;
}

/** Take the .torrent out of the managed directory: everything is on the remote and nothing is left here. */
export interface Retire {
  readonly kind: 'retire';
  readonly managed: ManagedTorrent;
  readonly directory: ByteString;
  readonly receipts: readonly Receipt[];
}

/** Why a torrent is not being acted upon: a closed set that the command line, the log and the tests share. */
export type WaitReason =
  | { readonly kind: 'downloading'; readonly doneBytes: number; readonly totalBytes: number }
  | { readonly kind: 'hashing' }
  | { readonly kind: 'details-unseen' }
  | { readonly kind: 'stopped' }
  | { readonly kind: 'partly-wanted' }
  /** It seeds: its duty is not done. */
  | {
      readonly kind: 'ratio';
      readonly ratio: number;
      readonly seededMs: number;
      readonly terms: DutyTerms;
      /** It is on the remote already, and is deleted here when its duty is done. */
      readonly isShipped: boolean;
    }
  | { readonly kind: 'space'; readonly needBytes: number; readonly roomBytes: number }
  | { readonly kind: 'low-diskspace'; readonly needBytes: number; readonly roomBytes: number }
  /** There is room, but it is kept for one that has waited for very long. */
  | {
      readonly kind: 'room-kept';
      readonly needBytes: number;
      readonly roomBytes: number;
      readonly other: ByteString;
    }
  | {
      readonly kind: 'job';
      readonly job: Job['kind'];
      readonly doneBytes: number;
      readonly totalBytes: number;
    }
  | { readonly kind: 'transfer-slot' }
  | {
      readonly kind: 'batch';
      readonly doneBytes: number;
      readonly totalBytes: number;
      readonly files: number;
    }
  | { readonly kind: 'oversize-turn' }
  | {
      readonly kind: 'file-too-large';
      /** What is kept here beside it, and is counted in `needBytes`; undefined where it is too large alone. */
      readonly keptBytes?: number;
      readonly path: ByteString;
      readonly needBytes: number;
      readonly limitBytes: number;
    }
  /** Not even the pieces of a stream have room. */
  | {
      readonly kind: 'window-too-small';
      readonly path: ByteString;
      readonly needBytes: number;
      readonly limitBytes: number;
    }
  /** It would have to be streamed, which earns no ratio: the user has not said that this may be done to private torrents. */
  | { readonly kind: 'private-oversize'; readonly path: ByteString }
  /** Too large for the limit, and the user wants no torrent in parts. */
  | { readonly kind: 'oversize-off'; readonly needBytes: number; readonly limitBytes: number }
  | { readonly kind: 'path-taken'; readonly path: ByteString }
  | { readonly kind: 'shared-files'; readonly other: ByteString }
  | { readonly kind: 'place-unknown'; readonly reported: ByteString }
  | { readonly kind: 'remote-unseen'; readonly reason: string; readonly remedy: string | undefined }
  | { readonly kind: 'remote-conflict'; readonly path: ByteString; readonly other: Infohash | undefined }
  | { readonly kind: 'rtorrent-unseen'; readonly reason: string; readonly remedy: string | undefined }
  | { readonly kind: 'disk-unseen'; readonly reason: string; readonly remedy: string | undefined }
  | { readonly kind: 'retry'; readonly failure: Failure }
  | { readonly kind: 'paused' }
  /** Nothing arrives, and nobody needs what it has. */
  | {
      readonly kind: 'stalled';
      readonly sinceMs: number;
      readonly doneBytes: number;
      readonly totalBytes: number;
    };

export interface Wait {
  readonly managed: ManagedTorrent;
  readonly reason: WaitReason;
}

/** Every managed torrent is in `actions` or in `waits`, and in one of them once. */
export interface Plan {
  /** In the order in which they are to be carried out: what takes a moment waits for nothing that takes longer. */
  readonly actions: readonly Action[];
  readonly waits: readonly Wait[];
  /** Undefined where the disk was not seen. */
  readonly space: Space | undefined;
}

export type Outcome =
  | { readonly kind: 'done'; readonly detail: string }
  /** The world moved between the look and the act: look again. */
  | { readonly kind: 'stale'; readonly detail: string }
  | { readonly kind: 'failed'; readonly message: string; readonly remedy: string | undefined };
