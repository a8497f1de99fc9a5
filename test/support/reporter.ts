/** How test runs are shown: a line for each file, failures in full, and at the very end `N passed, N failed`. */

import { relative } from 'node:path';
import { inspect } from 'node:util';
import type { TestEvent } from 'node:test/reporters';

type Result = Extract<TestEvent, { type: 'test:pass' | 'test:fail' }>;

/** What is known of one test file so far. */
interface FileReport {
  passed: number;
  failed: number;
  skipped: number;
  /** By level of nesting: whether a result came in whose parent, one level up, has not reported yet. */
  readonly hasChildrenAt: boolean[];
  /** What its tests printed, and their diagnostics: shown when one of them fails. */
  readonly output: string[];
  readonly failures: string[];
  durationMs: number;
}

/** Output of a failing file is cut to its end; a runaway log must not bury the failures. */
const maximumOutputCharacters = 20_000;

/** Takes node:test's events, gives the text to print. Parents of tests (suites) do not count as tests. */
export default async function* reporter(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  const files = new Map<string, FileReport>();
  const reportOf = (file: string): FileReport => {
    const report = files.get(file) ?? newFileReport();
    files.set(file, report);
    return report;
  };
  for await (const event of events) {
    const path = fileOf(event);
    if (path === undefined) continue;
    const report = reportOf(path);
    if (event.type === 'test:pass' || event.type === 'test:fail') {
      if (takeResult(report, event, path) === 'file-ended') yield showFile(path, report);
    } else if (event.type === 'test:stdout' || event.type === 'test:stderr') {
      report.output.push(event.data.message);
    } else if (event.type === 'test:diagnostic') {
      report.output.push(`${event.data.message}\n`);
    } else if (event.type === 'test:summary') {
      report.durationMs = event.data.duration_ms;
      yield showFile(path, report);
    }
  }
  yield showTotal([...files.values()]);
}

function newFileReport(): FileReport {
  return { passed: 0, failed: 0, skipped: 0, hasChildrenAt: [], output: [], failures: [], durationMs: 0 };
}

/** The test file that a run was started for: a result from a module that it imports belongs to it as well. */
function fileOf(event: TestEvent): string | undefined {
  const { entryFile, file } = event.data as { readonly entryFile?: string; readonly file?: string };
  return entryFile ?? file;
}

/**
 * Counts a result: a leaf as what it is; a parent only when it failed by itself (in a hook or its own body) and
 * not through its children; a result of the whole file, which stands for a file that crashed or has no tests, as failed.
 */
function takeResult(report: FileReport, event: Result, path: string): 'counted' | 'file-ended' {
  const { name, nesting, details } = event.data;
  const isWholeFile = nesting === 0 && (path === name || path.endsWith(`/${name}`));
  const isParent = report.hasChildrenAt[nesting + 1] === true || details.type === 'suite';
  report.hasChildrenAt[nesting + 1] = false;
  report.hasChildrenAt[nesting] = true;
  const isMarked = isSet(event.data.skip) || isSet(event.data.todo);
  if (event.type === 'test:fail' && !isMarked) {
    if (isParent && failureTypeOf(event.data.details.error) === 'subtestsFailed') return 'counted';
    report.failed += 1;
    report.failures.push(`✖ ${name} (${placeOf(event)})\n${indent(causeOf(event.data.details.error))}\n`);
  } else if (isWholeFile) {
    report.failed += 1;
    report.failures.push(`✖ ${name}: the file has no tests\n`);
  } else if (isMarked) {
    report.skipped += 1;
  } else if (!isParent) {
    report.passed += 1;
  }
  return isWholeFile ? 'file-ended' : 'counted';
}

/** Node gives `skip` and `todo` as true or as the reason, and leaves them out where the test is neither. */
function isSet(mark: string | boolean | undefined): boolean {
  return mark !== undefined && mark !== false;
}

function failureTypeOf(error: Error): unknown {
  return (error as { readonly failureType?: unknown }).failureType;
}

/** The error that the test threw (node:test wraps it), without the lines of the stack that lie inside Node. */
function causeOf(error: Error): string {
  const cause = error.cause ?? error;
  const text = typeof cause === 'string' ? cause : inspect(cause, { depth: 6, colors: false });
  return text.replace(/\n +at [^\n]*node:internal\/[^\n{]*/g, '');
}

function placeOf(event: Result): string {
  const { file, line } = event.data;
  return `${showPath(file ?? 'unknown file')}:${line ?? 1}`;
}

function showPath(path: string): string {
  return relative(process.cwd(), path);
}

function indent(text: string): string {
  return text.replace(/^(?=.)/gm, '    ');
}

function showFile(path: string, report: FileReport): string {
  const mark = report.failed > 0 ? 'FAIL' : 'ok  ';
  const line = `${mark} ${showPath(path)}: ${countsOf(report)} (${Math.round(report.durationMs)} ms)\n`;
  if (report.failed === 0) return line;
  const output = report.output.join('').trimEnd().slice(-maximumOutputCharacters);
  const shownOutput = output === '' ? [] : [`  output:\n${indent(output)}\n`];
  return [line, ...report.failures, ...shownOutput].join('');
}

function countsOf(counts: {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}): string {
  const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : '';
  return `${counts.passed} passed, ${counts.failed} failed${skipped}`;
}

/** The last line. A run without a single test is a mistake in what was asked for, so it fails. */
function showTotal(reports: readonly FileReport[]): string {
  const total = { passed: 0, failed: 0, skipped: 0 };
  for (const report of reports) {
    total.passed += report.passed;
    total.failed += report.failed;
    total.skipped += report.skipped;
  }
  const isEmpty = total.passed + total.failed + total.skipped === 0;
  if (isEmpty) total.failed = 1;
  if (total.failed > 0) process.exitCode = 1;
  return `${isEmpty ? 'no tests ran\n' : ''}${countsOf(total)}\n`;
}
