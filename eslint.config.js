/** Lint: typescript-eslint's strict rules, this house's habits, and the walls between the layers of test/support/layers.ts. */

import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';
import { layers } from './test/support/layers.ts';

/** Syntax that no file may use, with the reason. */
const plainSyntax = [
  ['TSEnumDeclaration', 'Use a union of string literals: enums do not survive type stripping.'],
  ['TSModuleDeclaration', 'Use a file: namespaces do not survive type stripping.'],
  [
    'TSParameterProperty',
    'Declare the field and assign it: parameter properties do not survive type stripping.',
  ],
  ['Decorator', 'Call a function: decorators hide what runs when.'],
  ['ExportAllDeclaration', 'Import from the file that has the thing: barrels hide where things are.'],
];

/** Further syntax that the program itself may not use. */
const programSyntax = [
  ['ExportDefaultDeclaration', 'Export by name: one thing has one name everywhere.'],
  ['ExportSpecifier[exported.name="default"]', 'Export by name: one thing has one name everywhere.'],
  [
    'ImportDeclaration[source.value="node:http"][importKind="value"]',
    'Take what runs from src/dashboard/http.ts: an import of node:http loads a second HTTP client.',
  ],
];

/** Chance and the reading of clocks, for the layers whose every run must be repeatable from its inputs. */
const clockAndChance = [
  [
    'MemberExpression[object.name="Date"][property.name="now"]',
    'Time comes in with the snapshot or the clock.',
  ],
  ['NewExpression[callee.name="Date"][arguments.length=0]', 'Time comes in with the snapshot or the clock.'],
  ['CallExpression[callee.name="Date"]', 'Time comes in with the snapshot or the clock.'],
  [
    'MemberExpression[object.name="Math"][property.name="random"]',
    'Chance comes in from outside, with a seed.',
  ],
];

/** What makes core and codec more than pure synchronous functions. */
const impurity = [
  ...clockAndChance,
  ['[async=true]', 'This layer is synchronous: what waits belongs to the driver or the adapters.'],
  ['AwaitExpression', 'This layer is synchronous: what waits belongs to the driver or the adapters.'],
  [
    'ForOfStatement[await=true]',
    'This layer is synchronous: what waits belongs to the driver or the adapters.',
  ],
  ['ImportExpression', 'This layer is synchronous: import at the top.'],
  [
    'TSTypeReference[typeName.name=/^Promise(Like)?$/]',
    'This layer is synchronous: no promises, not even as types.',
  ],
  [
    'MemberExpression[property.name=/^(localeCompare|toLocale.*)$/]',
    'The answer must not depend on the locale of the machine.',
  ],
];

/** Anything in a port that would run. */
const runningCode = [
  [
    'VariableDeclaration:not([declare=true])',
    'Ports are contracts alone: a value belongs to core or to an adapter.',
  ],
  ['FunctionDeclaration', 'Ports are contracts alone: a function belongs to core or to an adapter.'],
  [
    'ClassDeclaration:not([declare=true])',
    'Ports are contracts alone: a class belongs to core or to an adapter.',
  ],
  ['Program > ExpressionStatement', 'Ports are contracts alone: nothing runs when one is imported.'],
  ['ImportDeclaration[importKind="value"]', 'Ports are contracts alone: import types only.'],
];

/** The command line's own business. */
const commandLineOnly = [
  [
    'MemberExpression[object.name="process"][property.name=/^(env|argv|exit|stdout|stderr|stdin)$/]',
    'Only the command line reads the environment, prints and exits: hand the value in.',
  ],
];

/** Globals of Node or of the web that are I/O, time or chance. */
const worldlyGlobals = [
  'process',
  'Buffer',
  'console',
  'fetch',
  'crypto',
  'performance',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'queueMicrotask',
];

const syntaxOf = {
  core: impurity,
  codec: impurity,
  ports: [...clockAndChance, ...runningCode],
  driver: clockAndChance,
  adapters: commandLineOnly,
  dashboard: commandLineOnly,
};

const globalsOf = {
  core: ['Promise', 'Intl', ...worldlyGlobals],
  codec: ['Promise', 'Intl', ...worldlyGlobals],
  ports: worldlyGlobals,
  driver: worldlyGlobals,
};

/** The words that hide what a thing is; full words cost nothing. */
const abbreviations = [
  'err',
  'cb',
  'ctx',
  'msg',
  'tmp',
  'val',
  'idx',
  'buf',
  'arr',
  'obj',
  'fn',
  'str',
  'num',
  'cfg',
  'opts',
  'prev',
  'cur',
  'req',
  'res',
];

function restrictedSyntax(...lists) {
  return ['error', ...lists.flat().map(([selector, message]) => ({ selector, message }))];
}

/** Import patterns of everything that a layer may not import. */
function wallsOf(layer) {
  const others = layers
    .filter((other) => !layer.mayImport.includes(other.name) && other.name !== 'test')
    .map((other) => other.directory.replace(/^(?:src|test)\//, ''))
    .map((name) => ({ regex: `^(?:\\.\\./)+(?:src/|test/)?${name}/`, message: sentence(layer.reason) }));
  const tests = layer.mayImport.includes('test')
    ? []
    : layer.directory.startsWith('src/')
      ? [{ regex: '^(?:\\.\\./)+test/', message: 'Tests are no part of the program.' }]
      : [{ regex: '^(?:\\.\\./)+(?:unit|contract|e2e)/', message: sentence(layer.reason) }];
  const node = layer.node ? [] : [{ regex: '^node:', message: sentence(layer.reason) }];
  const npm = layer.npm === 'none' ? [{ regex: '^(?!node:)[^.]', message: sentence(layer.reason) }] : [];
  return [...others, ...tests, ...node, ...npm];
}

function sentence(reason) {
  return `${reason.slice(0, 1).toUpperCase()}${reason.slice(1)}.`;
}

/** The rules of one layer's directory. */
function rulesOf(layer) {
  const isProgram = layer.directory.startsWith('src/');
  const walls = wallsOf(layer);
  const globals = globalsOf[layer.name] ?? [];
  return {
    files: [`${layer.directory}/**/*.{ts,tsx}`],
    rules: {
      'no-restricted-imports': walls.length > 0 ? ['error', { patterns: walls }] : 'off',
      'no-restricted-globals': [
        'error',
        ...globals.map((name) => ({ name, message: sentence(layer.reason) })),
      ],
      'no-restricted-syntax': restrictedSyntax(
        plainSyntax,
        isProgram ? programSyntax : [],
        syntaxOf[layer.name] ?? [],
      ),
      'no-console': isProgram && layer.name !== 'cli' ? 'error' : 'off',
    },
  };
}

export default defineConfig(
  { ignores: ['dist/', 'coverage/', 'node_modules/'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  tseslint.configs.strictTypeChecked,
  tseslint.configs.stylisticTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/consistent-type-exports': 'error',
      // Says nothing that a reader needs, and is wrong about types that contain themselves.
      '@typescript-eslint/consistent-indexed-object-style': 'off',
      // The compiler decides it (noPropertyAccessFromIndexSignature), and disagrees on unions.
      '@typescript-eslint/dot-notation': 'off',
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/no-confusing-void-expression': [
        'error',
        { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
      ],
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/no-unnecessary-condition': [
        'error',
        { allowConstantLoopConditions: 'only-allowed-literals' },
      ],
      // The compiler finds unused names; the `_` of a property left out on purpose is fine.
      '@typescript-eslint/no-unused-vars': 'off',
      // A doc comment above an empty method says why it does nothing better than a body could.
      '@typescript-eslint/no-empty-function': 'off',
      // Numbers are written into messages all the time, and safely.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // A port's method answers with a promise whether or not this implementation has to wait.
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true, requireDefaultForNonUnion: true },
      ],
      complexity: ['error', { max: 20, variant: 'modified' }],
      eqeqeq: 'error',
      'id-denylist': ['error', ...abbreviations],
      'max-depth': ['error', 4],
      'max-lines': ['error', 350],
      'max-lines-per-function': ['error', { max: 70, skipComments: true, skipBlankLines: true }],
      'max-params': ['error', 6],
      'no-duplicate-imports': ['error', { allowSeparateTypeImports: true }],
      'no-eval': 'error',
      'no-var': 'error',
      'object-shorthand': 'error',
      'prefer-const': 'error',
    },
  },
  // Where two directories fit a file, the rules of the longer one come later and win.
  layers.toSorted((left, right) => left.directory.length - right.directory.length).map(rulesOf),
  {
    files: ['test/**/*.ts', 'bench/**/*.ts'],
    rules: {
      'max-lines-per-function': 'off',
      '@typescript-eslint/explicit-module-boundary-types': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      // The rigs of the tests hand closures about, and a lost `this` fails the test at once.
      '@typescript-eslint/unbound-method': 'off',
      '@typescript-eslint/no-floating-promises': [
        'error',
        {
          allowForKnownSafeCalls: [
            { from: 'package', package: 'node:test', name: ['test', 'it', 'describe', 'suite'] },
          ],
        },
      ],
    },
  },
  {
    files: ['**/*.js'],
    extends: [tseslint.configs.disableTypeChecked],
    rules: {
      '@typescript-eslint/explicit-module-boundary-types': 'off',
      'no-restricted-syntax': restrictedSyntax(plainSyntax),
    },
  },
);
