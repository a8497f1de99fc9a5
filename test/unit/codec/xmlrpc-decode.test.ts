/** XML-RPC answers: types, rtorrent's quirks, faults, and what cannot be read. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { asByteString } from '../../../src/core/bytes.ts';
import { decodeMulticall, decodeResponse } from '../../../src/codec/xmlrpc-decode.ts';
import type { XmlRpcValue } from '../../../src/codec/xmlrpc-value.ts';
import { XmlRpcFault } from '../../../src/codec/xmlrpc-value.ts';

function answer(value: string): XmlRpcValue {
  return decodeResponse(
    asByteString(
      `<?xml version="1.0"?><methodResponse><params><param>${value}</param></params></methodResponse>`,
    ),
  );
}

/** The offset of the value in what `answer` builds. */
const VALUE_AT = 52;

function typed(content: string): XmlRpcValue {
  return answer(`<value>${content}</value>`);
}

function refuses(content: string, message: string): void {
  assert.throws(() => typed(content), { name: 'CodecError', format: 'xmlrpc', message });
}

function fault(code: number, text: string): string {
  return (
    `<value><struct>\r\n<member><name>faultCode</name>\r\n<value><int>${code}</int></value></member>\r\n` +
    `<member><name>faultString</name>\r\n<value><string>${text}</string></value></member>\r\n</struct></value>`
  );
}

describe('decodeResponse', () => {
  it('reads an answer as 0.9.8 lays it out', () => {
    const body =
      '<?xml version="1.0" encoding="UTF-8"?>\r\n<methodResponse>\r\n<params>\r\n<param><value><array><data>\r\n' +
      '<value><array><data>\r\n<value><string>ABCDEF</string></value>\r\n<value><i8>4294967296</i8></value>\r\n' +
      '</data></array></value>\r\n</data></array></value></param>\r\n</params>\r\n</methodResponse>\r\n';
    assert.deepEqual(decodeResponse(asByteString(body)), [['ABCDEF', 4294967296]]);
  });

  it('reads an answer as 0.16 lays it out', () => {
    const body =
      '<?xml version="1.0" encoding="UTF-8"?><methodResponse><params><param><value><array><data>' +
      '<value><string/></value><value><array><data/></array></value><value><i8>-1</i8></value>' +
      '</data></array></value></param></params></methodResponse>';
    assert.deepEqual(decodeResponse(asByteString(body)), ['', [], -1]);
  });

  it('passes over a byte order mark, comments and white space', () => {
    const body =
      '\xef\xbb\xbf<?xml version="1.0"?>\n<!-- > -->\n<methodResponse> <params> <param> <value> <i4> 7 </i4> </value> ' +
      '</param> </params> </methodResponse>\n';
    assert.equal(decodeResponse(asByteString(body)), 7);
  });

  it('reads integers exactly', () => {
    assert.equal(typed('<i4>-5</i4>'), -5);
    assert.equal(typed('<int>+5</int>'), 5);
    assert.equal(typed('<i8>007</i8>'), 7);
    assert.equal(Object.is(typed('<i8>-0</i8>'), 0), true);
    assert.equal(typed('<i8>999999999999999</i8>'), 999999999999999);
    assert.equal(typed('<i8>9007199254740991</i8>'), 9007199254740991);
    assert.equal(typed('<i8>9007199254740993</i8>'), 9007199254740993n);
    assert.equal(typed('<ex.i8>-9223372036854775808</ex.i8>'), -9223372036854775808n);
    assert.equal(typed('<boolean>1</boolean>'), 1);
  });

  it('reads the other types', () => {
    assert.equal(typed('<double>-1.50e2</double>'), -150);
    assert.equal(typed('<double>.5</double>'), 0.5);
    assert.equal(typed('<base64>\r\nAP8=\r\n</base64>'), '\0\xff');
    assert.equal(typed('<base64/>'), '');
    assert.equal(typed('<nil/>'), null);
    assert.equal(typed('<nil></nil>'), null);
    assert.deepEqual(typed('<struct/>'), new Map());
    assert.deepEqual(
      typed('<struct><member><name>__proto__</name><value>x</value></member></struct>'),
      new Map([[asByteString('__proto__'), asByteString('x')]]),
    );
  });

  it('takes a value without a type as a string, white space and all', () => {
    assert.equal(typed(' a&lt;b\n'), ' a<b\n');
    assert.equal(typed(''), '');
    assert.equal(typed('\n'), '\n');
    assert.equal(answer('<value/>'), '');
  });

  it('lets invalid UTF-8 and control characters through', () => {
    assert.equal(typed('<string>\xff\xfe\0\x01\x1b[31m]]>"\'</string>'), '\xff\xfe\0\x01\x1b[31m]]>"\'');
    assert.equal(typed('<string>a\r\nb</string>'), 'a\r\nb');
  });

  it('decodes entities, characters to UTF-8 bytes', () => {
    assert.equal(typed('<string>&lt;&gt;&amp;&quot;&apos;</string>'), '<>&"\'');
    assert.equal(typed('<string>&amp;lt;</string>'), '&lt;');
    assert.equal(typed('<string>&#65;&#x41;&#X0a;&#0;</string>'), 'AA\n\0');
    assert.equal(typed('<string>&#xe9;&#8364;&#x1F600;</string>'), '\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80');
  });

  it('leaves an ampersand that begins no entity', () => {
    for (const raw of [
      '&',
      'a & b;',
      '&;',
      '&nbsp;',
      '&#;',
      '&#x;',
      '&#xD800;',
      '&#x110000;',
      '&#12',
      '&&&;',
    ]) {
      assert.equal(typed(`<string>${raw}</string>`), raw);
    }
    assert.equal(typed('<string>&&amp;&lt</string>'), '&&&lt');
    assert.equal(typed(`<string>&#${'0'.repeat(40)}65;</string>`), `&#${'0'.repeat(40)}65;`);
  });

  it('throws a fault as such, its text made fit for a person', () => {
    const body = (content: string): string =>
      `<?xml version="1.0"?>\r\n<methodResponse>\r\n<fault>\r\n${content}</fault>`;
    assert.throws(() => decodeResponse(asByteString(body(fault(-501, 'Could not find info-hash.')))), {
      name: 'XmlRpcFault',
      code: -501,
      message: 'Could not find info-hash.',
    });
    assert.throws(() => decodeResponse(asByteString(body(fault(-500, 'a\x1b&lt;\xff')))), {
      name: 'XmlRpcFault',
      message: 'a\\x1b<\\xff',
    });
    assert.throws(() => decodeResponse(asByteString(body('<value>no</value>'))), { name: 'CodecError' });
  });
});

describe('decodeResponse refuses', () => {
  const at = (offset: number): number => VALUE_AT + offset;

  it('every answer that is cut', () => {
    const body =
      '<?xml version="1.0"?><methodResponse><params><param><value><array><data><value><i8>1</i8></value>' +
      '<value>a</value></data></array></value></param></params></methodResponse>';
    assert.deepEqual(decodeResponse(asByteString(body)), [1, 'a']);
    for (let length = 0; length < body.length; length += 1) {
      assert.throws(
        () => decodeResponse(asByteString(body.slice(0, length))),
        { name: 'CodecError' },
        String(length),
      );
    }
  });

  it('what is no answer', () => {
    const refusesBody = (body: string, message: string): void =>
      assert.throws(() => decodeResponse(asByteString(body)), { name: 'CodecError', message });
    refusesBody('', 'The answer ends too early at byte 0.');
    refusesBody('{"jsonrpc":"2.0"}', '<methodResponse> is missing at byte 0.');
    refusesBody('<?xml', 'The answer ends too early at byte 5.');
    refusesBody('<methodResponse><params></params></methodResponse>', '<param> is missing at byte 24.');
    const whole = '<methodResponse><params><param><value/></param></params></methodResponse>';
    refusesBody(`${whole}<`, `There is something after the answer at byte ${whole.length}.`);
  });

  it('values that cannot be read', () => {
    refuses('<i4></i4>', `An integer cannot be read at byte ${at(11)}.`);
    refuses('<i4>1.5</i4>', `An integer cannot be read at byte ${at(11)}.`);
    refuses('<i4>-</i4>', `An integer cannot be read at byte ${at(11)}.`);
    refuses('<i8>9223372036854775808</i8>', `An integer cannot be read at byte ${at(11)}.`);
    refuses(`<i8>${'9'.repeat(100_000)}</i8>`, `An integer cannot be read at byte ${at(11)}.`);
    refuses('<i4>1</i8>', `</i4> is missing at byte ${at(12)}.`);
    refuses('<double>nan</double>', `A double cannot be read at byte ${at(7)}.`);
    refuses('<double>1e999</double>', `A double cannot be read at byte ${at(7)}.`);
    refuses(`<double>${'1'.repeat(100_000)}x</double>`, `A double cannot be read at byte ${at(7)}.`);
    refuses('<base64>?</base64>', `A base64 text cannot be read at byte ${at(7)}.`);
    refuses('<date>x</date>', `A value has no type that is known at byte ${at(7)}.`);
    refuses(`<${'x'.repeat(100_000)}>`, `A value has no type that is known at byte ${at(7)}.`);
    refuses('text<i4>1</i4>', `A value has text before its type at byte ${at(7)}.`);
    refuses('<string>a<b</string>', `</string> is missing at byte ${at(16)}.`);
    refuses('<struct><member><value/></member></struct>', `<name> is missing at byte ${at(23)}.`);
  });

  it('nesting without end', () => {
    const nested = (depth: number): string =>
      '<value><array><data>'.repeat(depth) + '</data></array></value>'.repeat(depth);
    let value = answer(nested(64));
    let depth = 1;
    for (; Array.isArray(value) && value.length > 0; depth += 1) value = (value as XmlRpcValue[])[0] ?? null;
    assert.equal(depth, 64);
    assert.throws(() => answer(nested(65)), {
      message: /^More than 64 arrays and structs are nested at byte \d+\.$/,
    });
    assert.throws(() => answer('<value><array><data>'.repeat(100_000)), { name: 'CodecError' });
    assert.throws(() => answer('<value><struct><member><name></name>'.repeat(100_000)), {
      name: 'CodecError',
    });
  });
});

describe('decodeMulticall', () => {
  it('gives each call its value or its fault', () => {
    const results = decodeMulticall(
      typed(
        '<array><data><value><array><data><value><i8>5</i8></value></data></array></value>' +
          `${fault(-506, 'No such method')}<value><array><data><value><nil/></value></data></array></value></data></array>`,
      ),
    );
    assert.deepEqual(results, [5, new XmlRpcFault(-506, 'No such method'), null]);
    assert.equal((results[1] as XmlRpcFault).code, -506);
  });

  it('refuses anything else', () => {
    const message = 'Result 0 of system.multicall is neither one value nor a fault.';
    assert.throws(() => decodeMulticall(5), { message: 'The answer to system.multicall is not an array.' });
    for (const wrong of [[5], [[]], [[1, 2]], [new Map()]]) {
      assert.throws(() => decodeMulticall(wrong), { name: 'CodecError', format: 'xmlrpc', message });
    }
  });
});
