/** Byte strings: round trips with text, paths, and names that must not play tricks on a terminal. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  asByteString,
  baseName,
  bytesOfText,
  displayText,
  joinPath,
  parentPath,
  printableText,
  textOfBytes,
  withoutTrailingSlash,
} from '../../../src/core/bytes.ts';

const wellFormed = fc.string({ unit: 'binary' }).filter((text) => text.isWellFormed());
const anyBytes = fc
  .uint8Array({ maxLength: 60 })
  .map((bytes) => asByteString(Buffer.from(bytes).toString('latin1')));

describe('bytesOfText and textOfBytes', () => {
  it('write UTF-8 as Node does, and read it back', () => {
    fc.assert(
      fc.property(wellFormed, (text) => {
        const bytes = bytesOfText(text);
        assert.equal(bytes, Buffer.from(text, 'utf8').toString('latin1'));
        assert.equal(textOfBytes(bytes), text);
      }),
    );
  });

  it('take text for what a strict decoder takes for text, and nothing else', () => {
    const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
    const decode = (bytes: string): string | undefined => {
      try {
        return strict.decode(Buffer.from(bytes, 'latin1'));
      } catch {
        return undefined;
      }
    };
    fc.assert(fc.property(anyBytes, (bytes) => assert.equal(textOfBytes(bytes), decode(bytes))));
    const oddities = [
      '\xc0\x80',
      '\xe0\x80\xaf',
      '\xed\xa0\x80',
      '\xf0\x8f\xbf\xbf',
      '\xf4\x90\x80\x80',
      '\xf5\x80\x80\x80',
      '\xe2\x82',
    ];
    for (const odd of oddities) assert.equal(textOfBytes(asByteString(odd)), undefined);
  });
});

describe('displayText', () => {
  it('shows letters of every script as they are', () => {
    for (const name of ['plain.iso', 'Größe', 'Ελληνικά', '日本語', '🎉 party']) {
      assert.equal(displayText(bytesOfText(name)), name);
    }
  });

  it('shows control characters as bytes', () => {
    assert.equal(displayText(asByteString('a\nb\x1b[2J\x7f\0')), 'a\\x0ab\\x1b[2J\\x7f\\x00');
    assert.equal(displayText(bytesOfText('next\u0085line')), 'next\\xc2\\x85line');
  });

  it('shows marks that reorder text or break lines as bytes', () => {
    assert.equal(displayText(bytesOfText('gpj.\u202eexe')), 'gpj.\\xe2\\x80\\xaeexe');
    for (const mark of ['\u200e', '\u200f', '\u2028', '\u2029', '\u202a', '\u2066', '\u2069']) {
      assert.match(displayText(bytesOfText(mark)), /^(?:\\x[0-9a-f]{2}){3}$/);
    }
  });

  it('shows as bytes what would not be seen at all, and marks that turn the text of other scripts', () => {
    for (const mark of ['\u00ad', '\u061c', '\u200b', '\u2060', '\ufeff', '\u{e0041}']) {
      const shown = displayText(bytesOfText(mark));
      assert.match(shown, /^(?:\\x[0-9a-f]{2}){2,4}$/, mark.codePointAt(0)?.toString(16));
    }
  });

  it('shows bytes that are not UTF-8 one by one, and the text around them', () => {
    assert.equal(displayText(asByteString('caf\xe9 \xc3\xa9')), 'caf\\xe9 é');
    assert.equal(displayText(asByteString('cut\xe2\x82')), 'cut\\xe2\\x82');
    assert.equal(displayText(asByteString('\xed\xa0\x80')), '\\xed\\xa0\\x80');
  });

  it('is one line without controls, whatever the bytes', () => {
    fc.assert(
      fc.property(anyBytes, (bytes) => {
        assert.doesNotMatch(displayText(bytes), /[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u);
      }),
    );
  });
});

describe('printableText', () => {
  it('shows text of others with its letters, and its controls as bytes', () => {
    assert.equal(printableText('Größe\n\x1b[2J'), 'Größe\\x0a\\x1b[2J');
    assert.equal(printableText('plain'), 'plain');
  });
});

describe('paths', () => {
  it('are joined by one slash, without the parts that are empty', () => {
    const [a, b, nothing] = [asByteString('/a'), asByteString('b/c'), asByteString('')];
    assert.equal(joinPath(a, b), '/a/b/c');
    assert.equal(joinPath(nothing, b), 'b/c');
    assert.equal(joinPath(a, nothing), '/a');
    assert.equal(joinPath(), '');
  });

  it('are split at the last slash', () => {
    assert.equal(parentPath(asByteString('/a/b/c')), '/a/b');
    assert.equal(parentPath(asByteString('c')), '');
    assert.equal(parentPath(asByteString('/c')), '');
    assert.equal(baseName(asByteString('/a/b/c')), 'c');
    assert.equal(baseName(asByteString('c')), 'c');
    assert.equal(baseName(asByteString('a/')), '');
  });

  it('lose the slash at their end, but for the root', () => {
    const without = (path: string): string => withoutTrailingSlash(asByteString(path));
    assert.deepEqual(['/a/', '/a', '/', ''].map(without), ['/a', '/a', '/', '']);
  });
});
