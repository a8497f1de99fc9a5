/** Memory: hostile inputs of 4 MiB are taken or refused within 96 MiB of heap, by every decoder. */

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { promisify } from 'node:util';

const run = promisify(execFile);
const sizeBytes = 4 * 1024 ** 2;
const heapMib = 96;

/** What is repeated to make the input, and how it begins and ends; `decode` is an expression over `bytes` and `text`. */
const hostile: Readonly<
  Record<string, { module: string; before?: string; unit: string; after?: string; decode: string }>
> = {
  'bencode, empty strings': {
    module: 'bencode',
    before: 'l',
    unit: '0:',
    after: 'e',
    decode: 'm.decodeBencode(bytes)',
  },
  'bencode, open lists': { module: 'bencode', unit: 'l', decode: 'm.decodeBencode(bytes)' },
  'metainfo, tiny files': {
    module: 'metainfo',
    before: 'd4:infod5:filesl',
    unit: 'd6:lengthi0e4:pathl1:aee',
    after: 'e4:name1:a12:piece lengthi1e6:pieces0:ee',
    decode: "m.parseMetainfo(bytes, () => '0'.repeat(40))",
  },
  'XML-RPC, empty values': {
    module: 'xmlrpc-decode',
    before: '<methodResponse><params><param><value><array><data>',
    unit: '<value/>',
    after: '</data></array></value></param></params></methodResponse>',
    decode: 'm.decodeResponse(text)',
  },
  'XML-RPC, ampersands': {
    module: 'xmlrpc-decode',
    before: '<methodResponse><params><param><value>',
    unit: '&',
    after: '</value></param></params></methodResponse>',
    decode: 'm.decodeResponse(text)',
  },
  'SCGI, headers without end': { module: 'scgi', unit: 'A: b\r\n', decode: 'm.parseResponse(bytes)' },
  'INI, keys': { module: 'ini', before: '[main]\n', unit: 'a=\n', decode: 'm.parseIni(text)' },
};

for (const [name, { module, before = '', unit, after = '', decode }] of Object.entries(hostile)) {
  test(name, async () => {
    const url = new URL(`../../../src/codec/${module}.ts`, import.meta.url).href;
    const script = `
      const m = await import(${JSON.stringify(url)});
      const unit = ${JSON.stringify(unit)};
      const text = ${JSON.stringify(before)} + unit.repeat(${sizeBytes} / unit.length) + ${JSON.stringify(after)};
      const bytes = Buffer.from(text, 'latin1');
      try { ${decode}; console.log('a value'); } catch (error) { console.log(error.name); }`;
    const { stdout } = await run(process.execPath, [
      `--max-old-space-size=${heapMib}`,
      '--input-type=module',
      '--eval',
      script,
    ]);
    assert.match(stdout.trim(), /^(a value|CodecError)$/);
  });
}
