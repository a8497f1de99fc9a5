/**
 * What is said to the remote's POSIX shell to write and read files piece by piece: scripts of one line. Nothing but what
 * POSIX promises is used, and what GNU, busybox and the BSDs have besides is tried first.
 */

import type { ByteString } from '../core/bytes.ts';

/**
 * The command line that the login shell is given, whatever shell that is: the script is the first line of standard input,
 * and what follows it is the script's own.
 */
export const scriptFromInput = `exec sh -c 'IFS= read -r s && eval "$s"'`;

/** What the scripts' own answers begin with: a login shell may have printed something of its own before. */
export const answerMark = 'rtorrent-low-space-driver answers';

/** How the scripts end where it is not a program that fails. */
export const exitOf = { isTaken: 73, isCut: 74, isShort: 75, isNothing: 76 } as const;

/** Programs that print the SHA-1 of their input, and how they are asked. */
const digestPrograms = ['sha1sum', 'shasum -a 1', 'sha1 -q', 'openssl dgst -sha1'] as const;

export type DigestProgram = (typeof digestPrograms)[number];

/** SHA-1 of `abc` (FIPS 180-1). */
const knownDigest = 'a9993e364706816aba3e25717850c26c9cd0d89d';

/** Bytes of one file on the remote, as the scripts take them: where they start, and how many they are. */
export interface Stretch {
  readonly startBytes: number;
  readonly lengthBytes: number;
}

/** Where a file is that arrives piece by piece. */
export interface PiecePlaces {
  /** Absolute: holds the partial files of the torrent, each at its path; in the directory that they are to be in. */
  readonly piecesDirectory: ByteString;
  /** Of the file, below that directory as well as below its parent. */
  readonly path: ByteString;
  /** Begins the names of files that hold what has just come in, in `piecesDirectory`. */
  readonly stage: string;
}

/** What the remote can do. */
export interface Abilities {
  readonly digest: DigestProgram | undefined;
  /** Whether `dd` can write a file through to the disk; else `sync` does it for all of them. */
  readonly canSyncFile: boolean;
}

const canSyncWord = 'can-sync-file';

/** Larger blocks make `dd` no faster; smaller ones make it slower than to seek first, to the byte. */
const blockBytes = 128 * 1024;
const smallestBlockBytes = 4096;

/** Reads or writes $1 bytes from where standard input and output stand. */
const copy =
  `copy() { b=$(($1 / ${blockBytes})); r=$(($1 % ${blockBytes})); ` +
  `if [ $b -gt 0 ]; then dd bs=${blockBytes} count=$b || return; fi; if [ $r -gt 0 ]; then dd bs=$r count=1; fi; }`;

/** Asks which program makes digests there: one line, or none. */
export function question(): string {
  return oneLine([
    `echo '${answerMark}'`,
    `for h in ${digestPrograms.map((program) => `'${program}'`).join(' ')}; do ` +
      `case "$(printf abc | $h 2>/dev/null)" in *${knownDigest}*) echo "$h"; break ;; esac; done`,
  ]);
}

/** Undefined where there is none that works: then what was written is read back over the link. */
export function digestProgramIn(answer: string): DigestProgram | undefined {
  const lines = answer.split('\n');
  return digestPrograms.find((program) => lines.includes(program));
}

/** Makes the place for the pieces, removes what a broken connection left there, and sees whether `dd` can sync a file. */
export function preparation(places: PiecePlaces): string {
  return oneLine([
    ...wordsOf(places),
    'mkdir -p "$s" "$d" || exit',
    'rm -f "$s/$g".*',
    't="$s/$g.$$"',
    `trap 'rm -f "$t"' 0`,
    ': >"$t" || exit',
    `if dd if=/dev/null of="$t" conv=notrunc,fsync 2>/dev/null; then echo ${canSyncWord}; fi`,
  ]);
}

export function canSyncIn(answer: string): boolean {
  return answer.split('\n').includes(canSyncWord);
}

/**
 * Takes the bytes of all stretches, one after the other, from standard input, and writes them where they belong: those of a
 * single one as they come, those of several by way of a file beside the partial one, once all of them are there. Then writes
 * through to the disk, and reads all stretches back in the same order: one line with the digest of it all, or the bytes
 * themselves.
 */
export function arrival(places: PiecePlaces, stretches: readonly Stretch[], abilities: Abilities): string {
  const moves = movesOf(stretches);
  const [only] = stretches.length === 1 ? stretches : [];
  return oneLine([
    ...wordsOf(places),
    'if [ ! -d "$d" ]; then mkdir -p "$d" || exit; fi',
    `if [ -L "$p" ]; then exit ${exitOf.isTaken}; fi`,
    copy,
    `moves='${moves.join(' ')}'`,
    ...(only === undefined
      ? scattered(stretches)
      : [`{ dd bs=1 seek=${only.startBytes} count=0 && cat; } 1<>"$p" || exit`]),
    abilities.canSyncFile ? 'dd if=/dev/null of="$p" conv=notrunc,fsync || exit' : 'sync || exit',
    `echo '${answerMark}'`,
    `{ ${eachMove('dd bs=$1 skip=$3 count=$4 if="$p"', '{ dd bs=1 skip=$3 count=0 && copy $4; } <"$p"')}; } 2>/dev/null` +
      digestedBy(abilities.digest),
  ]);
}

function scattered(stretches: readonly Stretch[]): readonly string[] {
  const totalBytes = stretches.reduce((sum, { lengthBytes }) => sum + lengthBytes, 0);
  return [
    't="$s/$g.$$"',
    `trap 'rm -f "$t"' 0`,
    `trap 'exit ${exitOf.isCut}' 1 2 13 15`,
    'cat >"$t" || exit',
    `if [ -z "$(find "$t" -prune -type f -size ${totalBytes}c)" ]; then exit ${exitOf.isCut}; fi`,
    eachMove(
      'dd bs=$1 skip=$2 seek=$3 count=$4 conv=notrunc if="$t" of="$p" || exit',
      // Both ends are moved to where they have to be, and nothing is copied; then it goes on from there.
      '{ dd bs=1 skip=$2 seek=$3 count=0 && copy $4; } <"$t" 1<>"$p" || exit',
    ),
  ];
}

function eachMove(inBlocks: string, byteByByte: string): string {
  return `for m in $moves; do IFS=:; set -- $m; unset IFS; if [ $1 -gt 0 ]; then ${inBlocks}; else ${byteByByte}; fi; done`;
}

function movesOf(stretches: readonly Stretch[]): readonly string[] {
  let stagedBytes = 0;
  return stretches.map((stretch) => {
    const move = moveOf(stretch, stagedBytes);
    stagedBytes += stretch.lengthBytes;
    return move;
  });
}

/**
 * A stretch as the script takes it: the size of a block, then from which block of what came in to which one of the file, and
 * how many. Where no block fits, the size is 0 and all else is in bytes.
 */
function moveOf({ startBytes, lengthBytes }: Stretch, stagedBytes: number): string {
  let block = commonDivisor(commonDivisor(startBytes, stagedBytes), lengthBytes);
  while (block > blockBytes && block % 2 === 0) block /= 2;
  const fits = block >= smallestBlockBytes && block <= blockBytes;
  const unit = fits ? block : 1;
  return [fits ? block : 0, stagedBytes / unit, startBytes / unit, lengthBytes / unit].join(':');
}

function commonDivisor(one: number, other: number): number {
  return other === 0 ? one : commonDivisor(other, one % other);
}

/** Stretches of the same length, one after the other. */
export interface Stretches extends Stretch {
  readonly count: number;
}

/**
 * Reads the partial file, or else the final one, and says first which it was (`partial`, `final`, `nothing`); then one
 * digest a line, or the bytes themselves.
 */
export function reading(
  places: PiecePlaces,
  stretches: readonly Stretches[],
  digest: DigestProgram | undefined,
): string {
  const words = stretches.map(
    ({ startBytes, lengthBytes, count }) => `${startBytes}:${lengthBytes}:${count}`,
  );
  return oneLine([
    ...wordsOf(places),
    `echo '${answerMark}'`,
    'if [ -f "$p" ] && [ ! -L "$p" ]; then echo partial; ' +
      'elif [ -f "$f" ] && [ ! -L "$f" ]; then echo final; p=$f; else echo nothing; exit 0; fi',
    copy,
    `for m in ${words.join(' ')}; do o=\${m%%:*}; n=\${m##*:}; l=\${m#*:}; l=\${l%:*}; ` +
      `{ dd bs=1 skip=$o count=0; i=0; while [ $i -lt $n ]; do copy $l${digestedBy(digest)} || exit; i=$((i + 1)); done; } <"$p" 2>/dev/null; done`,
  ]);
}

/** Gives the partial file its final name, and takes away what it left behind. */
export function finish(places: PiecePlaces, lengthBytes: number): string {
  return oneLine([
    ...wordsOf(places),
    `whole() { [ -n "$(find "$1" -prune -type f -size ${lengthBytes}c)" ]; }`,
    'there() { [ -e "$1" ] || [ -L "$1" ]; }',
    `if there "$p"; then whole "$p" || exit ${exitOf.isShort}; ` +
      // The same file under both names: an earlier call was cut between the two.
      `if there "$f"; then { [ ! -L "$f" ] && [ "$p" -ef "$f" ]; } || exit ${exitOf.isTaken}; else ` +
      'mkdir -p "$e" || exit; ' +
      // Neither takes the place of anything; where there are no hard links, only the second works.
      'ln "$p" "$f" 2>/dev/null || mv -n "$p" "$f" || exit; fi; ' +
      `whole "$f" || exit ${exitOf.isTaken}; rm -f "$p" "$s/$g".*; sync "$f" "$e" 2>/dev/null || sync; ` +
      `else there "$f" || exit ${exitOf.isNothing}; whole "$f" || exit ${exitOf.isTaken}; fi`,
    'while [ "$d" != "$s" ] && rmdir "$d" 2>/dev/null; do d=${d%/*}; done',
    'rmdir "$s" 2>/dev/null',
    'exit 0',
  ]);
}

/** Takes the final name from a file, and makes it the partial one. */
export function reopening(places: PiecePlaces): string {
  return oneLine([
    ...wordsOf(places),
    'if [ -e "$p" ] || [ -L "$p" ]; then exit 0; fi',
    `if [ ! -e "$f" ] && [ ! -L "$f" ]; then exit ${exitOf.isNothing}; fi`,
    `if [ ! -f "$f" ] || [ -L "$f" ]; then exit ${exitOf.isTaken}; fi`,
    'mkdir -p "$d" && mv -n "$f" "$p"',
  ]);
}

/** The places as the scripts' variables. */
function wordsOf({ piecesDirectory, path, stage }: PiecePlaces): readonly string[] {
  return [
    'LC_ALL=C',
    'export LC_ALL',
    // The letter at the end is for names that end in line ends, which the shell takes off.
    `s=$(printf %bx '${escaped(piecesDirectory)}')`,
    `n=$(printf %bx '${escaped(path)}')`,
    's=${s%x}',
    'n=${n%x}',
    'p="$s/$n"',
    'd=${p%/*}',
    'f="${s%/*}/$n"',
    'e=${f%/*}',
    `g=${stage}`,
  ];
}

/** Bytes as `printf %b` takes them: letters, digits and a few more as they are, all others in octal. */
function escaped(bytes: ByteString): string {
  return bytes.replaceAll(/[^\w./-]/gs, (byte) => `\\0${byte.charCodeAt(0).toString(8).padStart(3, '0')}`);
}

function digestedBy(digest: DigestProgram | undefined): string {
  return digest === undefined ? '' : ` | ${digest}`;
}

function oneLine(statements: readonly string[]): string {
  return `${statements.join('; ')}\n`;
}
