/** What keys were pressed, from the bytes that a terminal sends for them. */

export type Key =
  | { readonly kind: 'character'; readonly character: string }
  | {
      readonly kind:
        | 'up'
        | 'down'
        | 'page-up'
        | 'page-down'
        | 'home'
        | 'end'
        | 'enter'
        | 'escape'
        | 'interrupt'
        | 'suspend';
    };

type NamedKey = Exclude<Key['kind'], 'character'>;

/** As xterm, VT100 and the Linux console send them. */
const sequences: readonly (readonly [string, NamedKey])[] = [
  ['\u001B[A', 'up'],
  ['\u001BOA', 'up'],
  ['\u001B[B', 'down'],
  ['\u001BOB', 'down'],
  ['\u001B[5~', 'page-up'],
  ['\u001B[6~', 'page-down'],
  ['\u001B[H', 'home'],
  ['\u001BOH', 'home'],
  ['\u001B[1~', 'home'],
  ['\u001B[F', 'end'],
  ['\u001BOF', 'end'],
  ['\u001B[4~', 'end'],
  ['\r', 'enter'],
  ['\n', 'enter'],
  ['\u0003', 'interrupt'],
  ['\u001A', 'suspend'],
];

/** All keys of one chunk of input; sequences of unknown keys are passed over. */
export function keysOf(input: string): readonly Key[] {
  const keys: Key[] = [];
  let rest = input;
  while (rest !== '') {
    const known = sequences.find(([bytes]) => rest.startsWith(bytes));
    // CSI and SS3 sequences (ECMA-48): parameters, then one final byte.
    const unknown = /^\u001B(?:\[[0-?]*[ -/]*[@-~]|O.)/.exec(rest)?.[0];
    if (known !== undefined) {
      keys.push({ kind: known[1] });
      rest = rest.slice(known[0].length);
    } else if (unknown !== undefined) {
      rest = rest.slice(unknown.length);
    } else if (rest.startsWith('\u001B')) {
      keys.push({ kind: 'escape' });
      rest = rest.slice(1);
    } else {
      const character = String.fromCodePoint(rest.codePointAt(0) ?? 0);
      keys.push({ kind: 'character', character });
      rest = rest.slice(character.length);
    }
  }
  return keys;
}
