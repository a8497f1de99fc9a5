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

/** The places of a file that arrives piece by piece. Absolute. */
export interface PiecePlaces {
  /** Under which it will be known. */
  readonly final: ByteString;
  readonly finalDirectory: ByteString;
  readonly partial: ByteString;
  readonly partialDirectory: ByteString;
  /** Holds all partial files of the torrent; `partialDirectory` is it or lies below. */
  readonly piecesDirectory: ByteString;
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

/** Larger blocks make `dd` no faster. */
const blockBytes = 128 * 1024;

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
 * Takes `totalBytes` from standard input into a file beside the partial one; only when all of them have come are they
 * written where they belong: the stretches, one after the other. Then writes through to the disk, and reads all stretches
 * back: one digest a line, or the bytes themselves.
 */
export function arrival(
  places: PiecePlaces,
  stretches: readonly Stretch[],
  totalBytes: number,
  abilities: Abilities,
): string {
  let stagedBytes = 0;
  const moves = stretches.map(({ startBytes, lengthBytes }) => {
    const move = `${stagedBytes}:${startBytes}:${lengthBytes}`;
    stagedBytes += lengthBytes;
    return move;
  });
  const each = (body: string): string =>
    `for m in $moves; do a=\${m%%:*}; l=\${m##*:}; o=\${m#*:}; o=\${o%:*}; ${body}; done`;
  return oneLine([
    ...wordsOf(places),
    't="$s/$g.$$"',
    `trap 'rm -f "$t"' 0`,
    `trap 'exit ${exitOf.isCut}' 1 2 13 15`,
    'mkdir -p "$s" "$d" || exit',
    `if [ -L "$p" ]; then exit ${exitOf.isTaken}; fi`,
    'cat >"$t" || exit',
    `if [ -z "$(find "$t" -prune -type f -size ${totalBytes}c)" ]; then exit ${exitOf.isCut}; fi`,
    copy,
    `moves='${moves.join(' ')}'`,
    // Both ends are moved to where they have to be without copying anything, to the byte, whatever the blocks.
    each('{ dd bs=1 skip=$a seek=$o count=0 && copy $l; } <"$t" 1<>"$p" || exit'),
    abilities.canSyncFile ? 'dd if=/dev/null of="$p" conv=notrunc,fsync || exit' : 'sync || exit',
    `echo '${answerMark}'`,
    each(`{ dd bs=1 skip=$o count=0 && copy $l; } <"$p" 2>/dev/null${digestedBy(abilities.digest)}`),
  ]);
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

/** The places as the scripts' variables. */
function wordsOf(places: PiecePlaces): readonly string[] {
  const variables: Readonly<Record<string, ByteString>> = {
    f: places.final,
    e: places.finalDirectory,
    p: places.partial,
    d: places.partialDirectory,
    s: places.piecesDirectory,
  };
  return [
    'LC_ALL=C',
    'export LC_ALL',
    // The letter at the end is for names that end in line ends, which the shell takes off.
    ...Object.entries(variables).flatMap(([name, path]) => [
      `${name}=$(printf %bx '${escaped(path)}')`,
      `${name}=\${${name}%x}`,
    ]),
    `g=${places.stage}`,
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
