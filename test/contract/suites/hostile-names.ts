/** Names that a torrent may give its files, and that shells, rsync, ssh and terminals read something into. */

import type { ByteString } from '../../../src/core/bytes.ts';
import { asByteString, bytesOfText } from '../../../src/core/bytes.ts';

const texts = [
  'plain',
  ' leading blank',
  'trailing blank ',
  'two  blanks',
  `it's "quoted" \``,
  'new\nline',
  '\nnew line first',
  'carriage\rreturn',
  'tab\tinside',
  '\u0001control\u007f\u001b[31m',
  '-rf',
  '--delete',
  '#comment',
  ';comment',
  '#',
  'host:path',
  ':colon first',
  'rsync://host/module'.replaceAll('/', ':'),
  '[brackets]',
  '*?',
  '{a,b}',
  '~',
  '~root',
  '$HOME $(id) `id`',
  'a && b | c > d',
  '!event',
  '%n %i',
  '<f+++++++++ plain',
  'backslash\\',
  'back\\#012slash',
  '\\#134#012',
  '.hidden',
  '...',
  '.plain.AbCdEf',
  'nfc \u00e9',
  'nfd e\u0301',
  '\u{1f980} emoji',
  '\u202eright to left',
  'x'.repeat(255),
  `${'\u00e9'.repeat(127)}y`,
];

const bytes = ['not utf-8 \xff\xfe', '\xe9 latin-1', '\x80', 'cut \xf0\x9f\xa6'];

/** One part of a path each; every one can lie beside the others in one directory. */
export const hostileNames: readonly ByteString[] = [...texts.map(bytesOfText), ...bytes.map(asByteString)];
