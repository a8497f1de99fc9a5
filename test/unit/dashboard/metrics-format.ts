/** Checks Prometheus' text format 0.0.4, as `promtool check metrics` does: grammar, help, type, names and their units. */

const sampleLine =
  /^([a-zA-Z_:][a-zA-Z0-9_:]*)(\{(?:[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\[\\"n])*"(?:,(?=[a-zA-Z_]))?)*\})? (-?(?:\d+(?:\.\d+)?(?:e[+-]?\d+)?)|NaN|[+-]Inf)$/;

/** One sentence for each mistake. */
export function findFormatMistakes(text: string): readonly string[] {
  const mistakes: string[] = [];
  const types = new Map<string, string>();
  const helps = new Set<string>();
  const seen = new Set<string>();
  let last: string | undefined;
  if (!text.endsWith('\n')) mistakes.push('the last line does not end');
  for (const line of text.trimEnd().split('\n')) {
    const [, keyword, name = '', rest = ''] = /^# (HELP|TYPE) (\S+) (.+)$/.exec(line) ?? [];
    if (keyword === 'HELP') {
      if (helps.has(name)) mistakes.push(`${name} has two helps`);
      helps.add(name);
      continue;
    }
    if (keyword === 'TYPE') {
      if (!['gauge', 'counter'].includes(rest)) mistakes.push(`${name} has the type ${rest}`);
      types.set(name, rest);
      continue;
    }
    const [, metric = '', labels = ''] = sampleLine.exec(line) ?? [];
    if (metric === '') mistakes.push(`is no sample: ${line}`);
    if (!helps.has(metric)) mistakes.push(`${metric} has no help before it`);
    if (!types.has(metric)) mistakes.push(`${metric} has no type before it`);
    if (last !== metric && seen.has(`name ${metric}`)) mistakes.push(`${metric} is not in one block`);
    if (seen.has(metric + labels)) mistakes.push(`${metric}${labels} is there twice`);
    mistakes.push(...mistakesOfName(metric, types.get(metric)));
    seen.add(metric + labels).add(`name ${metric}`);
    last = metric;
  }
  return mistakes;
}

function mistakesOfName(metric: string, type: string | undefined): readonly string[] {
  return [
    ...((type === 'counter') === metric.endsWith('_total')
      ? []
      : [`${metric}: counters and they alone end in _total`]),
    ...(/(?:_ms|_kb|_mib|milliseconds|kilobytes)\b/.test(metric) ? [`${metric} has no base unit`] : []),
  ];
}

/** The value of each sample, by its name and labels as they are written. */
export function valuesIn(text: string): ReadonlyMap<string, number> {
  const samples = text.split('\n').flatMap((line) => {
    const [, name = '', labels = '', value = ''] = sampleLine.exec(line) ?? [];
    return name === '' ? [] : [[name + labels, Number(value)] as const];
  });
  return new Map(samples);
}
