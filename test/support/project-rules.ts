/** The tidy rules on the project's own files: versions, decisions, TypeScript's references, and words that must not leak. */

import { join } from 'node:path/posix';
import ts from 'typescript';
import { layerOf, layers } from './layers.ts';
import type { TextFile } from './source-tree.ts';

/** The part of package.json that the rules read. */
export interface PackageManifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

/** The part of a tsconfig.json that the rules read. */
interface TypeScriptConfiguration {
  readonly compilerOptions?: { readonly types?: readonly string[] };
  readonly references?: readonly { readonly path: string }[];
}

/** Versions that are a range: the same checkout must give the same program. */
export function findInexactVersions(manifest: PackageManifest): readonly string[] {
  return Object.entries({ ...manifest.dependencies, ...manifest.devDependencies })
    .filter(([, version]) => !/^\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?$/.test(version))
    .map(([name, version]) => `package.json takes ${name} ${version}: pin one exact version`);
}

/** Packages that ship with the program without a word in docs/decisions on why. */
export function findUndecidedPackages(
  manifest: PackageManifest,
  decisions: readonly TextFile[],
): readonly string[] {
  const words = new Set(decisions.flatMap((file) => file.text.split(/[^\w@/-]+/)));
  return Object.keys(manifest.dependencies)
    .filter((name) => !words.has(name))
    .map((name) => `package.json depends on ${name}, and nothing in docs/decisions says why`);
}

/**
 * Places where TypeScript's project references and the table of layers disagree: a reference that the table does
 * not allow, Node's types in a pure layer, a layer that the root configuration does not build.
 */
export function findWrongReferences(configurations: readonly TextFile[]): readonly string[] {
  const parsed = new Map(configurations.map((file) => [file.path, parseConfiguration(file)]));
  const built = new Set(parsed.get('tsconfig.json')?.references?.map((reference) => reference.path));
  return layers
    .filter((layer) => layer.directory.startsWith('src/'))
    .flatMap((layer) => {
      const configuration = parsed.get(`${layer.directory}/tsconfig.json`);
      if (configuration === undefined) return [];
      const references = (configuration.references ?? []).map((reference) =>
        join(layer.directory, reference.path),
      );
      return [
        ...(built.has(layer.directory) ? [] : [`tsconfig.json does not build ${layer.directory}`]),
        ...((configuration.compilerOptions?.types ?? []).includes('node') && layer.isPure
          ? [`${layer.directory}/tsconfig.json has Node's types: ${layer.reason}`]
          : []),
        ...references
          .filter((path) => !layer.mayImport.some((name) => name === layerOf(`${path}/any.ts`)?.name))
          .map((path) => `${layer.directory}/tsconfig.json references ${path}: ${layer.reason}`),
      ];
    });
}

function parseConfiguration(file: TextFile): TypeScriptConfiguration {
  const parsed: { readonly config?: TypeScriptConfiguration; readonly error?: ts.Diagnostic } =
    ts.parseConfigFileTextToJson(file.path, file.text);
  if (parsed.config === undefined || parsed.error !== undefined) {
    throw new Error(`${file.path} cannot be read`);
  }
  return parsed.config;
}

/** Paths, hosts and people of the place where the program was written: nobody's business. */
const leaks: readonly RegExp[] = [
  new RegExp('(?<![\\w.~-])/wo' + 'rk/'),
  new RegExp('\\b(?:cla' + 'ude|anth' + 'ropic|chat' + 'gpt|co' + 'pilot)\\b', 'i'),
  new RegExp('\\b(?:sub-?ag' + 'ent|coding ag' + 'ent|AI ag' + 'ent|language mo' + 'del|LL' + 'M)\\b', 'i'),
  new RegExp('\\b(?:registry\\.np' + 'mjs\\.org|arti' + 'factory|host\\.docker\\.internal)\\b', 'i'),
  new RegExp('\\b(?:HOU' + 'SE|STY' + 'LE|PAI' + 'NS|prompt_com' + 'mon)\\.md\\b'),
  new RegExp('\\bthe fou' + 'nder\\b', 'i'),
];

/** Lines that tell where or by whom the program was written. */
export function findLeaks(files: readonly TextFile[]): readonly string[] {
  return files.flatMap((file) =>
    file.text
      .split('\n')
      .flatMap((line, index) =>
        leaks.some((leak) => leak.test(line))
          ? [`${file.path}:${index + 1} names the place where it was written`]
          : [],
      ),
  );
}
