/** Reads the configuration's INI text: sections, keys and values with their lines, and every mistake in it. */

export interface IniEntry {
  readonly section: string;
  /** Lower case. */
  readonly key: string;
  /** Trimmed, otherwise as written: `#`, `;`, `%` and `=` mean nothing in it. */
  readonly value: string;
  /** From 1. */
  readonly line: number;
}

export interface IniMistake {
  readonly line: number;
  /** What is wrong and how to mend it, without the line's number. */
  readonly message: string;
}

export interface ParsedIni {
  readonly entries: readonly IniEntry[];
  readonly mistakes: readonly IniMistake[];
}

interface Section {
  readonly name: string;
  readonly line: number;
  /** Line of each key. */
  readonly keys: Map<string, number>;
}

interface Reader {
  readonly entries: IniEntry[];
  readonly mistakes: IniMistake[];
  readonly sections: Map<string, Section>;
  section: Section | undefined;
}

/** So many mistakes say that this is no such file: what follows is not read. */
const MOST_MISTAKES = 100;

/**
 * Parses INI text; it never throws. Of a key that comes twice the first one stands. Unlike Python's configparser it
 * knows no continuation lines, no interpolation and no comments behind a value.
 */
export function parseIni(text: string): ParsedIni {
  const reader: Reader = { entries: [], mistakes: [], sections: new Map(), section: undefined };
  const lines = (text.startsWith('\ufeff') ? text.slice(1) : text).split(/\r\n|\n|\r/);
  for (const [index, line] of lines.entries()) {
    if (reader.mistakes.length >= MOST_MISTAKES) break;
    readLine(reader, line, index + 1);
  }
  return { entries: reader.entries, mistakes: reader.mistakes };
}

function readLine(reader: Reader, text: string, line: number): void {
  const trimmed = text.trim();
  if (trimmed === '' || trimmed.startsWith('#') || trimmed.startsWith(';')) return;
  const mistake = (message: string): void => void reader.mistakes.push({ line, message });
  if (/^\s/.test(text)) {
    mistake(
      'The line begins with white space: remove it, or join the line to the value above if it continues it.',
    );
  } else if (trimmed.startsWith('[')) {
    readSection(reader, trimmed, line, mistake);
  } else {
    readEntry(reader, trimmed, line, mistake);
  }
}

function readSection(reader: Reader, text: string, line: number, mistake: (message: string) => void): void {
  const name = text.endsWith(']') ? text.slice(1, -1).trim() : '';
  if (name === '') {
    mistake('A section is written as [name] on a line of its own.');
    return;
  }
  const first = reader.sections.get(name);
  if (first !== undefined) {
    mistake(`The section [${name}] comes twice, on lines ${first.line} and ${line}: move its keys together.`);
  }
  reader.section = first ?? { name, line, keys: new Map() };
  reader.sections.set(name, reader.section);
}

function readEntry(reader: Reader, text: string, line: number, mistake: (message: string) => void): void {
  const separator = text.search(/[=:]/);
  const key = text.slice(0, Math.max(0, separator)).trim().toLowerCase();
  if (separator < 0) return mistake('The line has neither "=" nor ":": write it as key = value.');
  if (key === '') return mistake('There is no key before the separator: write it as key = value.');
  const { section } = reader;
  if (section === undefined)
    return mistake(`The key "${key}" stands before any [section]: move it into one.`);
  const first = section.keys.get(key);
  if (first !== undefined) {
    return mistake(
      `The key "${key}" of [${section.name}] comes twice, on lines ${first} and ${line}: remove one of them.`,
    );
  }
  section.keys.set(key, line);
  reader.entries.push({ section: section.name, key, value: text.slice(separator + 1).trim(), line });
}
