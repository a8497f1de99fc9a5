/**
 * Fuzzing: every decoder gives a value or its own error for any bytes, and what is encoded comes back. `FUZZ_RUNS`
 * sets the runs of each property (400), to be raised by hand.
 */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { ByteString } from '../../../src/core/bytes.ts';
import { asByteString } from '../../../src/core/bytes.ts';
import { decodeBase64, encodeBase64 } from '../../../src/codec/base64.ts';
import type { BencodeValue } from '../../../src/codec/bencode.ts';
import { decodeBencode, encodeBencode } from '../../../src/codec/bencode.ts';
import { CodecError } from '../../../src/codec/codec-error.ts';
import { parseIni } from '../../../src/codec/ini.ts';
import { byteStringOf, bytesOf } from '../../../src/codec/latin1.ts';
import { parseMetainfo } from '../../../src/codec/metainfo.ts';
import { loadableTorrent } from '../../../src/codec/loadable.ts';
import { encodeRequest, expectedLength, parseResponse } from '../../../src/codec/scgi.ts';
import { decodeMulticall, decodeResponse } from '../../../src/codec/xmlrpc-decode.ts';
import { encodeCall } from '../../../src/codec/xmlrpc-encode.ts';
import type { XmlRpcParameter, XmlRpcValue } from '../../../src/codec/xmlrpc-value.ts';
import { XmlRpcFault } from '../../../src/codec/xmlrpc-value.ts';
import { noPieces } from '../../../src/core/pieces.ts';
import { recorded } from './recorded.ts';
import { bytes, file, multiFile, sha1, singleFile, text } from './torrent-bytes.ts';

const numRuns = Number(process.env['FUZZ_RUNS'] ?? 400);

/** Inputs stay below this, so a run's time and memory are bounded by construction. */
const MAXIMUM_INPUT = 3000;

const realTorrents = ['mktorrent', 'transmission', 'libtorrent-hybrid'].map((name) =>
  recorded(`${name}.torrent`),
);
const realReplies = ['observe', 'details', 'fault'].map((name) => recorded(`${name}.reply`));

const realConfiguration = recorded('configuration.ini');

/** Without a size fast-check stops at some ten. */
const anyBytes = fc.uint8Array({ maxLength: 200, size: 'max' });
const byteStrings = fc.uint8Array({ maxLength: 40 }).map((data) => byteStringOf(data));
const integers = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(shortest);

const { value: bencodeValues } = fc.letrec<{ value: BencodeValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.oneof(integers, byteStrings),
    fc.array(tie('value'), { maxLength: 5 }),
    fc.array(fc.tuple(byteStrings, tie('value')), { maxLength: 5 }).map((entries) => new Map(entries)),
  ),
}));

const { value: xmlRpcParameters } = fc.letrec<{ value: XmlRpcParameter }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.oneof(
      integers,
      byteStrings,
      fc.uint8Array({ maxLength: 40 }).map((base64) => ({ base64 })),
    ),
    fc.array(tie('value'), { maxLength: 5 }),
    fc.dictionary(byteStrings, tie('value'), { maxKeys: 5 }),
  ),
}));

/** A valid input with a few bytes replaced, removed, doubled or cut off: near enough to get past the first check. */
function mutated(valid: readonly Uint8Array[], tokens: readonly string[]): fc.Arbitrary<Uint8Array> {
  const place = fc.nat({ max: MAXIMUM_INPUT });
  const patch = fc.oneof(
    fc.constantFrom(...tokens).map((token) => bytes(token)),
    fc.uint8Array({ maxLength: 3 }),
  );
  // Overwriting keeps every length prefix true, so it is the edit that gets furthest.
  const remove = fc.oneof(fc.constant(undefined), fc.nat({ max: 8 }));
  const edit = fc.record({ place, remove, patch });
  return fc
    .tuple(fc.constantFrom(...valid), fc.array(edit, { minLength: 1, maxLength: 3 }))
    .map(([start, edits]) => {
      let current = text(start);
      for (const { place: raw, remove, patch: inserted } of edits) {
        const at = raw % (current.length + 1);
        current = current.slice(0, at) + text(inserted) + current.slice(at + (remove ?? inserted.length));
      }
      return bytes(current.slice(0, MAXIMUM_INPUT));
    });
}

function shortest(exact: bigint): number | bigint {
  const rounded = Number(exact);
  return Number.isSafeInteger(rounded) ? rounded : exact;
}

/** What the decoder gives, or undefined where it throws the error that it may throw. */
function attempt<T>(decode: () => T): T | undefined {
  try {
    return decode();
  } catch (error) {
    if (error instanceof CodecError && /^[^\n]+\.$/.test(error.message)) return undefined;
    throw error;
  }
}

function holdsFor<T>(arbitrary: fc.Arbitrary<T>, property: (input: T) => void): void {
  fc.assert(fc.property(arbitrary, property), { numRuns });
}

/** What an answer holds for a parameter that was sent. */
function asAnswer(parameter: XmlRpcParameter): XmlRpcValue {
  if (typeof parameter === 'string' || typeof parameter === 'number' || typeof parameter === 'bigint')
    return parameter;
  if (Array.isArray(parameter)) return (parameter as readonly XmlRpcParameter[]).map(asAnswer);
  const struct = parameter as { readonly [name: string]: XmlRpcParameter };
  const base64: unknown = struct['base64'];
  if (base64 instanceof Uint8Array) return byteStringOf(base64);
  return new Map(
    Object.entries(struct).map(([name, member]): [ByteString, XmlRpcValue] => [
      asByteString(name),
      asAnswer(member),
    ]),
  );
}

/** The call's own encoding, dressed as an answer. */
function answerWith(parameter: XmlRpcParameter): ByteString {
  const call = encodeCall('m', [parameter]);
  return asByteString(
    `<methodResponse>${call.slice(call.indexOf('<params>')).replace('</methodCall>', '</methodResponse>')}`,
  );
}

describe('bencode', () => {
  it('comes back as it was', () => {
    holdsFor(bencodeValues, (value) => {
      const encoded = encodeBencode(value);
      const decoded = decodeBencode(encoded);
      assert.deepEqual(decoded, value);
      assert.deepEqual(encodeBencode(decoded), encoded);
    });
  });

  it('decodes any bytes to a value or an error', () => {
    const made = [singleFile(), multiFile(), encodeBencode([1, [asByteString('a')], new Map()])];
    const valid = [...made, ...realTorrents];
    const tokens = ['d', 'l', 'i', 'e', ':', '-', '0', '99999999', 'i-1e', '1:a', 'de', 'le'];
    holdsFor(fc.oneof(anyBytes, mutated(valid, tokens)), (input) => {
      const decoded = attempt(() => decodeBencode(input));
      if (decoded !== undefined) assert.deepEqual(decodeBencode(encodeBencode(decoded)), decoded);
    });
  });
});

describe('metainfo', () => {
  const valid = [
    singleFile({ private: 1 }),
    multiFile(),
    multiFile({ files: [{ attr: 'p', ...file(8, '.pad', '8') }, file(32, 'x', 'y', 'z')] }),
    ...realTorrents,
  ];
  const tokens = [
    'e',
    'de',
    'le',
    'i0e',
    'i-1e',
    '0:',
    '2:..',
    '1:a',
    '6:length',
    '5:files',
    '4:path',
    '99999999999999999',
  ];

  it('gives a consistent metainfo or an error for mutated torrents', () => {
    holdsFor(fc.oneof(anyBytes, mutated(valid, tokens)), (input) => {
      const parsed = attempt(() => parseMetainfo(input, sha1));
      if (parsed === undefined) return;
      const { metainfo, piecesOffset } = parsed;
      assert.equal(metainfo.pieceCount, Math.ceil(metainfo.totalBytes / metainfo.pieceLengthBytes));
      assert.equal(piecesOffset + metainfo.pieceCount * 20 <= input.length, true);
      assert.equal(new Set(metainfo.files.map(({ path }) => path)).size, metainfo.files.length);
      let offsetBytes = 0;
      for (const entry of metainfo.files) {
        assert.equal(entry.offsetBytes, offsetBytes);
        assert.equal(/(?:^|\/)(?:\.{0,2})(?:\/|$)|\0/.test(entry.path), false, entry.path);
        offsetBytes += entry.lengthBytes;
      }
      assert.equal(offsetBytes, metainfo.totalBytes);
    });
  });

  it('keeps the infohash when resume data is added', () => {
    holdsFor(mutated(valid, tokens), (input) => {
      const parsed = attempt(() => parseMetainfo(input, sha1));
      const resumed = attempt(() => loadableTorrent(input, { bitfield: noPieces(3), files: [] }));
      if (parsed === undefined || resumed === undefined) return;
      assert.deepEqual(parseMetainfo(resumed, sha1).metainfo, parsed.metainfo);
    });
  });
});

describe('XML-RPC', () => {
  it('comes back as it was', () => {
    holdsFor(xmlRpcParameters, (parameter) => {
      assert.deepEqual(decodeResponse(answerWith(parameter)), asAnswer(parameter));
    });
  });

  it('decodes any bytes to a value, a fault or an error', () => {
    const made = [
      answerWith([1, asByteString('a&<\xff'), 2n ** 60n, { base64: Uint8Array.of(1, 2) }]),
      answerWith([[5], { faultCode: -1, faultString: asByteString('no') }]),
      asByteString('<methodResponse><fault><value><struct/></value></fault></methodResponse>'),
    ].map((body) => bytesOf(body));
    const valid = [...made, ...realReplies.map((reply) => parseResponse(reply).body)];
    const tokens = [
      '<',
      '>',
      '&',
      ';',
      '&#x110000;',
      '<value>',
      '</value>',
      '<value/>',
      '<string/>',
      '<array>',
      '<data/>',
    ];
    tokens.push('<struct>', '</struct>', '<nil/>', '<double>1e5</double>', '<!--', '-->', '<?', '<fault>');
    holdsFor(fc.oneof(anyBytes, mutated(valid, tokens)), (input) => {
      try {
        const value = attempt(() => decodeResponse(byteStringOf(input)));
        if (value !== undefined) attempt(() => decodeMulticall(value));
      } catch (error) {
        assert.equal(error instanceof XmlRpcFault, true, String(error));
      }
    });
  });
});

describe('base64', () => {
  it('agrees with Node', () => {
    holdsFor(anyBytes, (data) => {
      const encoded = encodeBase64(data);
      assert.equal(encoded, Buffer.from(data).toString('base64'));
      assert.equal(decodeBase64(encoded), byteStringOf(data));
    });
  });

  it('decodes any text to bytes or to nothing', () => {
    holdsFor(fc.string({ maxLength: 40 }), (input) => {
      const decoded = decodeBase64(input);
      assert.equal(decoded === undefined || decoded.length <= input.length, true);
    });
  });
});

describe('SCGI', () => {
  it('knows the length of a reply from any part of it that has the headers', () => {
    const replies = fc.tuple(anyBytes, fc.nat({ max: 400 }));
    holdsFor(replies, ([body, cut]) => {
      const whole = bytes(`Status: 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${text(body)}`);
      assert.deepEqual(parseResponse(whole), { status: 200, body });
      const part = whole.subarray(0, cut);
      const expected = expectedLength(part);
      assert.equal(expected, part.length < whole.length - body.length ? undefined : whole.length);
      if (part.length < whole.length)
        assert.equal(
          attempt(() => parseResponse(part)),
          undefined,
        );
    });
  });

  it('reads any bytes to a reply or an error', () => {
    const made = bytes('Status: 200 OK\r\nContent-Type: text/xml\r\nContent-Length: 5\r\n\r\nhello');
    const valid = [made, ...realReplies];
    holdsFor(fc.oneof(anyBytes, mutated(valid, ['\r\n', ':', '\r\n\r\n', '5'])), (input) => {
      const reply = attempt(() => parseResponse(input));
      if (reply !== undefined) assert.equal(expectedLength(input), input.length);
    });
  });

  it('writes requests whose netstring fits', () => {
    holdsFor(anyBytes, (body) => {
      const request = text(encodeRequest(body));
      const colon = request.indexOf(':');
      const end = colon + 1 + Number(request.slice(0, colon));
      assert.equal(request.slice(colon + 1, end).startsWith(`CONTENT_LENGTH\0${body.length}\0`), true);
      assert.equal(request.slice(end), `,${text(body)}`);
    });
  });
});

describe('INI', () => {
  const lines = fc.oneof(
    fc.string({ maxLength: 20 }),
    fc.constantFrom('[a]', '[b]', 'x = 1', 'x: 2', ' y', '# c', '=', '[', '\ufeff', '\r'),
  );

  it('accounts for every line of any text, and never throws', () => {
    const tokens = ['\n', '\r', '=', ':', '[', ']', '#', ';', '[main]', ' ', '\0', '\ufeff'];
    const sources = fc.oneof(
      fc.array(lines, { maxLength: 30 }).map((parts) => parts.join('\n')),
      mutated([realConfiguration], tokens).map((input) => text(input)),
    );
    holdsFor(sources, (source) => {
      const { entries, mistakes } = parseIni(source);
      const count = source.split(/\r\n|\n|\r/).length;
      const seen = [...entries, ...mistakes].map(({ line }) => line);
      assert.equal(new Set(seen).size, seen.length);
      assert.equal(
        seen.every((line) => line >= 1 && line <= count),
        true,
      );
      const keys = entries.map(({ section, key }) => JSON.stringify([section, key]));
      assert.equal(new Set(keys).size, keys.length);
    });
  });
});
