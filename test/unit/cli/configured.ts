/** A configuration that is whole, with changes: what the tests of single keys start from. */

import type { Configuration } from '../../../src/cli/config.ts';
import { parseConfiguration } from '../../../src/cli/config.ts';

/** Each key has a line, the section's own being the first; what is new comes after the six that must be there. */
export function configured(changes: Readonly<Record<string, string>> = {}): Configuration {
  const values = {
    managed_torrents_directory: '/managed',
    remote_host: 'bighost',
    remote_path: '/big',
    space_limit: '3GiB',
    required_ratio: '1.0',
    socket_url: 'scgi:///socket',
    ...changes,
  };
  const lines = Object.entries(values).map(([key, value]) => `${key} = ${value}`);
  return parseConfiguration(['[main]', ...lines].join('\n'), '/a.cf', '/home/me');
}
