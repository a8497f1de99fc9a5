/** Links in the documents lead somewhere: to a file of the checkout, and to a heading where they name one. */

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path/posix';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { readTextFiles } from './support/source-tree.ts';

const checkout = fileURLToPath(new URL('..', import.meta.url));
const documents = readTextFiles().filter((file) => file.path.endsWith('.md'));

/** As the usual renderers make anchors of headings. */
function anchorsOf(text: string): ReadonlySet<string> {
  const headings = [...text.matchAll(/^#{1,6} (.+)$/gm)].map((match) => match[1] ?? '');
  return new Set(
    headings.map((heading) =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\- ]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}

/** Links outside of code. */
function linksOf(text: string): readonly string[] {
  const prose = text.replace(/^```[\s\S]*?^```/gm, '').replace(/`[^`\n]*`/g, '');
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1] ?? '');
}

test('there are documents', () => {
  assert.ok(documents.length > 10);
});

test('every link to a file of the checkout leads to one, and its anchor to a heading', () => {
  const broken: string[] = [];
  for (const { path, text } of documents) {
    for (const link of linksOf(text)) {
      if (/^[a-z]+:/.test(link)) continue;
      const [target = '', anchor] = link.split('#');
      const file = target === '' ? path : normalize(join(dirname(path), target));
      const found = documents.find((document) => document.path === file);
      if (!existsSync(join(checkout, file))) broken.push(`${path}: ${link} is not there`);
      else if (anchor !== undefined && !anchorsOf(found?.text ?? '').has(anchor)) {
        broken.push(`${path}: ${link} has no such heading`);
      }
    }
  }
  assert.deepEqual(broken, []);
});
