/** Holds the API's answers against its own description (OpenAPI 3.1, whose schemas are JSON Schema 2020-12). */

import assert from 'node:assert/strict';
import { Ajv2020 } from 'ajv/dist/2020.js';
import openApi from '../../../src/dashboard/openapi.json' with { type: 'json' };

const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false });
ajv.addSchema({ ...openApi, $id: 'api' });

/** The answer is JSON, and of the schema that the description gives for the path, method and status. */
export function expectDescribed(path: string, method: 'get' | 'post', status: number, text: string): void {
  const operation = ['paths', path, method, 'responses', String(status)];
  let response = follow(openApi, operation);
  const pointer = [...operation];
  const reference = (response as { readonly $ref?: string } | undefined)?.$ref;
  if (reference !== undefined) {
    pointer.splice(0, pointer.length, ...reference.replace('#/', '').split('/'));
    response = follow(openApi, pointer);
  }
  assert.ok(response !== undefined, `${method} ${path} is described without ${status}`);
  expectSchema([...pointer, 'content', 'application/json', 'schema'], JSON.parse(text), `${method} ${path}`);
}

/** The value is of the named schema. */
export function expectNamed(name: string, value: unknown): void {
  expectSchema(['components', 'schemas', name], value, name);
}

function expectSchema(pointer: readonly string[], value: unknown, subject: string): void {
  const path = pointer.map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1')));
  const validate = ajv.getSchema(`api#/${path.join('/')}`);
  assert.ok(validate !== undefined, `${subject} has no schema`);
  assert.ok(validate(value), `${subject}: ${ajv.errorsText(validate.errors)}`);
}

function follow(start: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (value as Readonly<Record<string, unknown>> | undefined)?.[key],
    start,
  );
}
