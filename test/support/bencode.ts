/** Writes bencode (BEP 3), for the .torrent files and tracker answers of tests. Independent of the program's codec on purpose. */

/** Text is written as its UTF-8 bytes; keys of a dictionary are sorted as BEP 3 asks. */
export type BencodeInput =
  string | number | Buffer | readonly BencodeInput[] | { readonly [key: string]: BencodeInput };

export function bencode(value: BencodeInput): Buffer {
  if (typeof value === 'number') return Buffer.from(`i${value}e`);
  if (typeof value === 'string') return bencode(Buffer.from(value));
  if (Buffer.isBuffer(value)) return Buffer.concat([Buffer.from(`${value.length}:`), value]);
  if (isList(value)) return Buffer.concat([Buffer.from('l'), ...value.map(bencode), Buffer.from('e')]);
  const entries = Object.entries(value).sort(([left], [right]) =>
    Buffer.compare(Buffer.from(left), Buffer.from(right)),
  );
  return Buffer.concat([
    Buffer.from('d'),
    ...entries.flatMap(([key, item]) => [bencode(key), bencode(item)]),
    Buffer.from('e'),
  ]);
}

function isList(value: BencodeInput): value is readonly BencodeInput[] {
  return Array.isArray(value);
}
