/** The SQLite ledger keeps the contract, through kill -9, other versions, and looking without a hand on it. */

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, test } from 'node:test';
import { SqliteLedger } from '../../src/adapters/ledger-sqlite.ts';
import { bytesOfText } from '../../src/core/bytes.ts';
import type { LedgerWorld } from './suites/ledger-contract.ts';
import { event, ledgerContract, metainfoNamed, receipt } from './suites/ledger-contract.ts';
import { ledgerQueueContract } from './suites/ledger-queue.ts';

const makeSqlite = (): LedgerWorld => {
  const place = mkdtempSync(`${tmpdir()}/ledger-`);
  return {
    open: (remote) => open(`${place}/made on the way/ledger.db`, remote),
    close: () => {
      rmSync(place, { recursive: true });
    },
  };
};

ledgerContract('SQLite', makeSqlite);
ledgerQueueContract('SQLite', makeSqlite);

const one = metainfoNamed('one');

let directory: string;
let path: string;

beforeEach(() => {
  directory = mkdtempSync(`${tmpdir()}/ledger-`);
  path = `${directory}/ledger.db`;
});

afterEach(() => {
  rmSync(directory, { recursive: true });
});

test('what was recorded is there after kill -9, and what was being recorded is there whole or not at all', async () => {
  const script = `
    const { SqliteLedger } = await import(${JSON.stringify(import.meta.resolve('../../src/adapters/ledger-sqlite.ts'))});
    const ledger = SqliteLedger.open({ path: ${JSON.stringify(path)}, remote: 'r', managedDirectory: '/m', isReadOnly: false });
    const base = ${JSON.stringify({ ...receipt(one) })};
    for (let round = 0; ; round += 1) {
      const receipts = Array.from({ length: 50 }, (_, fileIndex) => ({ ...base, fileIndex, provedAtMs: round }));
      await ledger.recordReceipts(receipts);
      console.log(round);
    }`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  await new Promise<void>((resolve) => {
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      if (output.split('\n').length > 5) resolve();
    });
  });
  child.kill('SIGKILL');
  await once(child, 'close');
  const told = Number(output.trimEnd().split('\n').at(-1));
  const receipts = (await open(path).read([one])).receipts.get(one.infohash)!;
  assert.equal(receipts.length, 50);
  const rounds = new Set(receipts.map(({ provedAtMs }) => provedAtMs));
  assert.equal(rounds.size, 1);
  // The next round may have been on disk before it was told of.
  assert.ok([...rounds].every((round) => round === told || round === told + 1));
});

test('a view of a ledger that is not there is empty, and makes nothing', async () => {
  const view = SqliteLedger.open({
    path: `${directory}/nowhere/ledger.db`,
    remote: 'r',
    managedDirectory: '/m',
    isReadOnly: true,
  });
  assert.equal((await view.read([one])).receipts.size, 0);
  assert.deepEqual(view.history(10), []);
  await view.close();
  assert.deepEqual(readdirSync(directory), []);
});

test('a view of a ledger that another process is just making is empty', async () => {
  // Between the making of the file and the first transaction.
  new DatabaseSync(path).exec('PRAGMA journal_mode = WAL');
  const view = SqliteLedger.open({ path, remote: 'r', managedDirectory: '/m', isReadOnly: true });
  assert.equal((await view.read([one])).receipts.size, 0);
  await view.close();
});

test('a view sees what is there, also while another writes, and cannot change it', async () => {
  const ledger = open(path);
  await ledger.recordReceipts([receipt(one)]);
  const view = SqliteLedger.open({ path, remote: 'r', managedDirectory: '/m', isReadOnly: true });
  assert.equal((await view.read([one])).receipts.size, 1);
  await ledger.recordReceipts([receipt(one, { fileIndex: 1 })]);
  assert.equal((await view.read([one])).receipts.get(one.infohash)!.length, 2);
  await assert.rejects(view.dropReceipts(one.infohash, [0]), { name: 'Fault', kind: 'failed' });
  await ledger.close();
  await view.close();
  const later = SqliteLedger.open({ path, remote: 'r', managedDirectory: '/m', isReadOnly: true });
  assert.equal((await later.read([one])).receipts.size, 1);
  await later.close();
});

test('whatever SQLite says while it is read is a fault with a remedy', async () => {
  const ledger = open(path);
  const other = new DatabaseSync(path);
  other.exec('DROP TABLE event; DROP TABLE receipt');
  other.close();
  const asked = [
    () => ledger.history(10),
    () => ledger.receiptsOf(one.infohash),
    () => ledger.allReceipts(),
    () => ledger.hasShipped(),
  ];
  for (const ask of asked) {
    assert.throws(ask, { name: 'Fault', kind: 'failed', message: /^the ledger failed: no such table/ });
  }
  await assert.rejects(ledger.read([one]), { name: 'Fault', kind: 'failed', remedy: /room and is writable/ });
  await ledger.close();
});

test('the same is answered again until anybody writes, or something else is asked', async () => {
  const [ledger, other] = [open(path), open(path)];
  const two = metainfoNamed('two');
  const before = await ledger.read([one]);
  assert.equal(await ledger.read([one]), before);
  assert.notEqual(await ledger.read([one, two]), before);
  await other.recordReceipts([receipt(two)]);
  assert.equal((await ledger.read([one, two])).receipts.size, 1);
  await ledger.recordReceipts([receipt(one)]);
  assert.equal((await ledger.read([one, two])).receipts.size, 2);
  await ledger.close();
  await other.close();
});

test('a ledger of a newer version is refused and left as it is', () => {
  const database = new DatabaseSync(path);
  database.exec('CREATE TABLE future (x); PRAGMA user_version = 99');
  database.close();
  const before = readFileSync(path);
  for (const isReadOnly of [false, true]) {
    assert.throws(() => SqliteLedger.open({ path, remote: 'r', managedDirectory: '/m', isReadOnly }), {
      name: 'Fault',
      kind: 'refused',
      message: /newer version .*schema 99/,
      remedy: /newer version/,
    });
  }
  assert.deepEqual(readdirSync(directory), ['ledger.db']);
  assert.deepEqual(readFileSync(path), before);
});

test('a ledger of the first version is brought up to date, and what it held is kept', async () => {
  const database = new DatabaseSync(path);
  database.exec(`
    CREATE TABLE receipt (remote TEXT NOT NULL, infohash TEXT NOT NULL, file_index INTEGER NOT NULL,
      length_bytes INTEGER NOT NULL, path BLOB NOT NULL, method TEXT NOT NULL, proved_at_ms INTEGER NOT NULL,
      PRIMARY KEY (remote, infohash, file_index)) STRICT, WITHOUT ROWID;
    CREATE TABLE shipment (remote TEXT NOT NULL, path BLOB NOT NULL, infohash TEXT NOT NULL,
      begun_at_ms INTEGER NOT NULL, PRIMARY KEY (remote, path)) STRICT, WITHOUT ROWID;
    CREATE TABLE failure (infohash TEXT NOT NULL PRIMARY KEY, step TEXT NOT NULL, message TEXT NOT NULL, remedy TEXT,
      count INTEGER NOT NULL, at_ms INTEGER NOT NULL, retry_at_ms INTEGER NOT NULL) STRICT, WITHOUT ROWID;
    INSERT INTO receipt VALUES ('r', '${one.infohash}', 0, 7, x'6f6e652f66696c65', 'size', 1000);
    PRAGMA user_version = 1`);
  database.close();
  assert.throws(() => SqliteLedger.open({ path, remote: 'r', managedDirectory: '/m', isReadOnly: true }), {
    name: 'Fault',
    message: /older version/,
  });
  const ledger = open(path);
  const kept = receipt(one, { method: 'size', digest: undefined });
  assert.deepEqual((await ledger.read([one])).receipts.get(one.infohash), [kept]);
  await ledger.recordPlacement(one.infohash, bytesOfText('place'));
  await ledger.close();
});

test('what is no ledger, and what cannot be written, is a fault with a fix', async () => {
  writeFileSync(path, 'this is no database, and long enough to be taken for none. '.repeat(50));
  const before = readFileSync(path);
  for (const isReadOnly of [false, true]) {
    assert.throws(() => SqliteLedger.open({ path, remote: 'r', managedDirectory: '/m', isReadOnly }), {
      name: 'Fault',
      remedy: /move it away/,
    });
  }
  assert.deepEqual(readFileSync(path), before);
  mkdirSync(`${directory}/directory.db`);
  assert.throws(() => open(`${directory}/directory.db`), { name: 'Fault', kind: 'refused' });
  assert.throws(() => open(`${path}/below/ledger.db`), { name: 'Fault', remedy: /writable/ });

  const closed = open(`${directory}/other.db`);
  await closed.close();
  await assert.rejects(closed.read([one]), { name: 'Fault', kind: 'failed' });
  await assert.rejects(closed.recordReceipts([]), { name: 'Fault', kind: 'failed' });
});

test('others cannot look into it', async () => {
  const hidden = `${directory}/state/ledger.db`;
  await open(hidden).close();
  assert.equal(statSync(`${directory}/state`).mode & 0o077, 0);
  assert.ok(existsSync(hidden));
});

test('the history is told newest first, with all of its fields, and so are all receipts', async () => {
  const ledger = open(path);
  for (let index = 0; index < 5; index += 1) await ledger.recordEvent(event({ atMs: index }));
  await ledger.recordReceipts([receipt(one), receipt(metainfoNamed('two'))]);
  await open(path, 'other').recordEvent(event({ atMs: 99 }));
  assert.deepEqual(
    ledger.history(2),
    [4, 3].map((atMs) => event({ atMs })),
  );
  assert.equal(ledger.allReceipts().length, 2);
});

function open(file: string, remote = 'r'): SqliteLedger {
  return SqliteLedger.open({ path: file, remote, managedDirectory: '/m', isReadOnly: false });
}
