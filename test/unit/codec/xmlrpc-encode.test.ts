/** XML-RPC calls, byte for byte. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { asByteString, bytesOfText } from '../../../src/core/bytes.ts';
import { encodeCall, encodeMulticall } from '../../../src/codec/xmlrpc-encode.ts';
import type { XmlRpcParameter } from '../../../src/codec/xmlrpc-value.ts';

function encoded(parameter: XmlRpcParameter): string {
  const call = encodeCall('m', [parameter]);
  const head =
    '<?xml version="1.0" encoding="UTF-8"?><methodCall><methodName>m</methodName><params><param><value>';
  const tail = '</value></param></params></methodCall>';
  assert.equal(call.startsWith(head) && call.endsWith(tail), true, call);
  return call.slice(head.length, -tail.length);
}

describe('encodeCall', () => {
  it('writes a call with and without parameters', () => {
    assert.equal(
      encodeCall('system.pid', []),
      '<?xml version="1.0" encoding="UTF-8"?><methodCall><methodName>system.pid</methodName><params></params></methodCall>',
    );
    assert.match(
      encodeCall('d.stop', [asByteString('AB'), 0]),
      /<params><param><value><string>AB<\/string><\/value><\/param><param><value><i4>0<\/i4><\/value><\/param><\/params>/,
    );
  });

  it('writes integers as i4 where they fit and as i8 beyond', () => {
    assert.equal(encoded(-0), '<i4>0</i4>');
    assert.equal(encoded(2 ** 31 - 1), '<i4>2147483647</i4>');
    assert.equal(encoded(2 ** 31), '<i8>2147483648</i8>');
    assert.equal(encoded(-(2 ** 31)), '<i4>-2147483648</i4>');
    assert.equal(encoded(-(2 ** 31) - 1), '<i8>-2147483649</i8>');
    assert.equal(encoded(9223372036854775807n), '<i8>9223372036854775807</i8>');
    assert.equal(encoded(5n), '<i4>5</i4>');
  });

  it('escapes strings and passes bytes from 0x80 on as they are', () => {
    assert.equal(encoded(asByteString('a<b>&"c\'\r\n')), '<string>a&lt;b&gt;&amp;"c\'&#13;\n</string>');
    assert.equal(encoded(bytesOfText('ü')), '<string>\xc3\xbc</string>');
    assert.equal(encoded(asByteString('\xff')), '<string>\xff</string>');
  });

  it('writes base64, arrays and structs', () => {
    assert.equal(encoded({ base64: Uint8Array.of(0, 255) }), '<base64>AP8=</base64>');
    assert.equal(
      encoded([1, asByteString('x'), []]),
      '<array><data><value><i4>1</i4></value><value><string>x</string></value>' +
        '<value><array><data></data></array></value></data></array>',
    );
    assert.equal(
      encoded({ 'a&b': 1, base64: 2 }),
      '<struct><member><name>a&amp;b</name><value><i4>1</i4></value></member>' +
        '<member><name>base64</name><value><i4>2</i4></value></member></struct>',
    );
  });

  it('refuses what cannot be written', () => {
    const refuses = (parameter: XmlRpcParameter, message: string): void =>
      assert.throws(() => encodeCall('m', [parameter]), { name: 'CodecError', format: 'xmlrpc', message });
    refuses(1.5, '1.5 is not an exact integer.');
    refuses(Number.POSITIVE_INFINITY, 'Infinity is not an exact integer.');
    refuses(2n ** 63n, '9223372036854775808 does not fit into 64 bits.');
    refuses(asByteString('€'), 'A string holds a character that is no byte.');
    let nested: XmlRpcParameter = [];
    for (let depth = 0; depth < 100; depth += 1) nested = [nested];
    refuses(nested, 'More than 64 arrays and structs are nested.');
  });
});

describe('encodeMulticall', () => {
  it('writes one array of structs', () => {
    const calls = [
      { method: 'd.name', parameters: [asByteString('AB')] },
      { method: 'system.pid', parameters: [] },
    ];
    assert.equal(
      encodeMulticall(calls),
      '<?xml version="1.0" encoding="UTF-8"?><methodCall><methodName>system.multicall</methodName><params><param><value>' +
        '<array><data>' +
        '<value><struct><member><name>methodName</name><value><string>d.name</string></value></member>' +
        '<member><name>params</name><value><array><data><value><string>AB</string></value></data></array></value></member></struct></value>' +
        '<value><struct><member><name>methodName</name><value><string>system.pid</string></value></member>' +
        '<member><name>params</name><value><array><data></data></array></value></member></struct></value>' +
        '</data></array></value></param></params></methodCall>',
    );
  });
});
