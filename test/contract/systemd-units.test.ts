/** The units for systemd are units that systemd takes, and it listens to what the daemon tells it. */

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { checkout } from '../support/source-tree.ts';

const directory = join(checkout, 'contrib/systemd');
const program = join(checkout, 'bin/rtorrent-low-space-driver');

/** What it complains of: nothing where all is well. */
async function complaintsOf(path: string, scope: '--system' | '--user'): Promise<string> {
  return await new Promise((resolve, reject) => {
    // Without a runtime directory the user's manager is not even looked for.
    const env = { ...process.env, XDG_RUNTIME_DIR: tmpdir() };
    execFile('systemd-analyze', [scope, '--man=no', 'verify', path], { env }, (error, output, complaints) => {
      if (error !== null && typeof error.code !== 'number') reject(new Error(error.message));
      else resolve(`${output}${complaints}`);
    });
  });
}

const units = ['rtorrent-low-space-driver.service', 'rtorrent-low-space-driver@.service'];

test("there is one for the user's systemd, and one for the system's", () => {
  assert.deepEqual(readdirSync(directory).sort(), units);
});

for (const name of units) {
  test(`systemd takes ${name}`, async () => {
    const text = readFileSync(join(directory, name), 'utf8');
    const isTemplate = name.includes('@');
    const scratch = mkdtempSync(`${tmpdir()}/units-`);
    try {
      // It looks for the program, which is not installed here.
      const path = join(scratch, name.replace('@', '@root'));
      writeFileSync(path, text.replace(/^ExecStart=\S+/m, `ExecStart=${program}`));
      const complaints = await complaintsOf(path, isTemplate ? '--system' : '--user');
      const own = complaints.split('\n').filter((line) => line.includes('rtorrent-low-space-driver'));
      assert.deepEqual(own, []);
    } finally {
      rmSync(scratch, { recursive: true });
    }
    assert.match(text, /^Type=notify\nNotifyAccess=all$|^Type=notify\n#.*\nNotifyAccess=all$/m);
    assert.match(text, /^ExecStart=\S+ daemon$/m);
    assert.match(text, /^ExecReload=kill -HUP \$MAINPID$/m);
    assert.match(text, /^WatchdogSec=\d+min$/m);
  });
}
