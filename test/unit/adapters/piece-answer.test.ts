/** What the remote answers about pieces is read alike however it is cut into chunks, and never taken for more than it is. */

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { it } from 'node:test';
import fc from 'fast-check';
import { PieceAnswer } from '../../../src/adapters/piece-answer.ts';
import { answerMark } from '../../../src/adapters/remote-script.ts';

const lengths = [5, 1, 3];
const parts = ['hello', '\n', 'a\0b'];
const digests = parts.map((part) => createHash('sha1').update(part, 'latin1').digest('hex'));

function read(output: string, cuts: readonly number[], isDigested: boolean): PieceAnswer {
  const answer = new PieceAnswer({ words: 1, lengths, isDigested, onDigest: () => undefined });
  const bytes = Buffer.from(output, 'latin1');
  let from = 0;
  for (const cut of [...cuts.map((one) => one % (bytes.length + 1)), bytes.length].sort((x, y) => x - y)) {
    answer.add(bytes.subarray(from, cut));
    from = cut;
  }
  return answer;
}

const anyCuts = fc.array(fc.nat(1_000), { maxLength: 8 });

it('bytes and digests come out alike, whatever greets before them and wherever the chunks end', () => {
  const begin = `welcome\nto ${answerMark}${answerMark}\nfinal\n`;
  const lines = [`${digests[0]}  -`, digests[1], `SHA1(stdin)= ${digests[2]}`].join('\n');
  fc.assert(
    fc.property(anyCuts, fc.boolean(), (cuts, isDigested) => {
      const answer = read(begin + (isDigested ? `${lines}\n` : parts.join('')), cuts, isDigested);
      assert.deepEqual([answer.words, answer.digests, answer.isWhole()], [['final'], digests, true]);
    }),
  );
});

it('what is lacking, and what is no digest, is none', () => {
  assert.deepEqual(read(`${answerMark}\nfinal\nhell`, [], false).digests, []);
  assert.deepEqual(read(`${answerMark}\nfinal\nhello`, [], false).digests, digests.slice(0, 1));
  const doubtful = ['', `${digests[1]}0`, 'sha1sum: not found'].join('\n');
  const answer = read(`${answerMark}\nfinal\n${doubtful}\n${digests[0]}\n`, [], true);
  assert.deepEqual(answer.digests, ['', '', '']);
  assert.equal(read(`final\n${digests.join('\n')}\n`, [], true).isWhole(), false);
  assert.equal(read(`${answerMark}\nfinal\n${digests.join('\n')}`, [], true).isWhole(), false);
});

it('a greeting without end is no answer, and takes no memory', () => {
  const answer = read('x'.repeat(1_000_000), [], true);
  assert.deepEqual([answer.words, answer.digests], [[], []]);
});
