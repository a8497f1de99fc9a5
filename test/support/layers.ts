/** The layers of this program as data: which directory may import what, and why. Lint and the tidy test both read it. */

export type LayerName =
  | 'core'
  | 'codec'
  | 'ports'
  | 'adapters'
  | 'driver'
  | 'dashboard'
  | 'page'
  | 'cli'
  | 'test/sim'
  | 'test/support'
  | 'test'
  | 'bench'
  | 'demo';

/** One row of the table of layers. */
export interface Layer {
  readonly name: LayerName;
  /** Path from the checkout's root, without a slash at its end. The longest one that fits a file is its layer. */
  readonly directory: string;
  /** The layers it may import, itself among them. */
  readonly mayImport: readonly LayerName[];
  /** Whether it computes and nothing else: not even the types of Node and the web are known there. */
  readonly isPure: boolean;
  /** Whether it may import Node's own modules (`node:…`). */
  readonly node: boolean;
  /** The npm packages it may import: none, those of `dependencies`, or those of `devDependencies` too. */
  readonly npm: 'none' | 'runtime' | 'any';
  /** Why the wall stands: ends the message of every finding. */
  readonly reason: string;
}

export const layers: readonly Layer[] = [
  {
    name: 'core',
    directory: 'src/core',
    isPure: true,
    mayImport: ['core'],
    node: false,
    npm: 'none',
    reason: 'core is the thinking: pure and synchronous, so that a plan can be printed, checked and replayed',
  },
  {
    name: 'codec',
    directory: 'src/codec',
    isPure: true,
    mayImport: ['core', 'codec'],
    node: false,
    npm: 'none',
    reason: 'codec turns bytes into values and back, without I/O, so that it is tested with bytes alone',
  },
  {
    name: 'ports',
    directory: 'src/ports',
    isPure: false,
    mayImport: ['core', 'ports'],
    node: false,
    npm: 'none',
    reason: 'ports are contracts alone: what runs belongs to the adapters, or to the simulated world',
  },
  {
    name: 'adapters',
    directory: 'src/adapters',
    isPure: false,
    mayImport: ['core', 'codec', 'ports', 'adapters'],
    node: true,
    npm: 'runtime',
    reason: 'adapters serve the ports and decide nothing: whoever calls them is none of their business',
  },
  {
    name: 'driver',
    directory: 'src/driver',
    isPure: false,
    mayImport: ['core', 'ports', 'driver'],
    node: false,
    npm: 'none',
    reason:
      'the driver sees the world through the ports only, so that the simulated world can stand in for it',
  },
  {
    name: 'dashboard',
    directory: 'src/dashboard',
    isPure: false,
    mayImport: ['core', 'driver', 'dashboard'],
    node: true,
    npm: 'none',
    reason: 'the dashboard shows what the driver tells it and never reaches the world by itself',
  },
  {
    name: 'page',
    directory: 'src/dashboard/page',
    isPure: false,
    mayImport: ['core', 'driver', 'dashboard', 'page'],
    node: false,
    npm: 'any',
    reason:
      'the page runs in a browser: it knows the wire and plain functions, and is bundled with all it needs',
  },
  {
    name: 'cli',
    directory: 'src/cli',
    isPure: false,
    mayImport: ['core', 'codec', 'ports', 'adapters', 'driver', 'dashboard', 'cli'],
    node: true,
    npm: 'runtime',
    reason: 'cli is where the parts are put together; what ships must not need what only tests need',
  },
  {
    name: 'test/sim',
    directory: 'test/sim',
    isPure: false,
    mayImport: ['core', 'ports', 'driver', 'test/sim', 'test/support'],
    node: true,
    npm: 'any',
    reason:
      'the simulated world serves the ports by itself: with real adapters in it, it would prove nothing',
  },
  {
    name: 'test/support',
    directory: 'test/support',
    isPure: false,
    mayImport: ['core', 'codec', 'ports', 'test/support'],
    node: true,
    npm: 'any',
    reason:
      'support serves every kind of test, the simulated world too; what needs more lives beside its test',
  },
  {
    name: 'test',
    directory: 'test',
    isPure: false,
    mayImport: [
      'core',
      'codec',
      'ports',
      'adapters',
      'driver',
      'dashboard',
      'page',
      'cli',
      'test/sim',
      'test/support',
      'test',
    ],
    node: true,
    npm: 'any',
    reason: 'tests stand on their own: benchmarks may use them, not the other way round',
  },
  {
    name: 'bench',
    directory: 'bench',
    isPure: false,
    mayImport: [
      'core',
      'codec',
      'ports',
      'adapters',
      'driver',
      'dashboard',
      'page',
      'cli',
      'test/sim',
      'test/support',
      'test',
      'bench',
    ],
    node: true,
    npm: 'any',
    reason: 'a benchmark may measure anything',
  },
  {
    name: 'demo',
    directory: 'demo',
    isPure: false,
    mayImport: ['core', 'cli', 'test/support', 'test', 'demo'],
    node: true,
    npm: 'runtime',
    reason: 'the demo runs the program as a user does and judges it from outside: it has no hands in it',
  },
];

/** The layer of a file, given its path from the checkout's root; undefined for a file outside all of them. */
export function layerOf(path: string): Layer | undefined {
  return layers
    .filter((layer) => path.startsWith(`${layer.directory}/`))
    .sort((left, right) => right.directory.length - left.directory.length)[0];
}

/** The row of that name. */
export function layerNamed(name: LayerName): Layer {
  const found = layers.find((layer) => layer.name === name);
  if (found === undefined) throw new Error(`no layer is named ${name}`);
  return found;
}
