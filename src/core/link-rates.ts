/** What the links carry, told from what they have carried: the rates that estimates are made of. */

/** All torrents together, in bytes a second; undefined where nothing has been seen yet. */
export interface LinkRates {
  readonly downBytesPerSecond: number | undefined;
  readonly shipBytesPerSecond: number | undefined;
}

/** A transfer that has ended. */
export interface PastTransfer {
  /** When it had ended. */
  readonly atMs: number;
  readonly bytes: number;
  readonly tookMs: number;
}

/** Rates are the mean over so many samples: long enough to be calm, short enough to follow a change of the line. */
const mostSamples = 30;
/** So many of the last transfers tell the rate of the next ones, where no sample caught one. */
export const transfersThatCount = 10;

/**
 * The mean over what was carried lately, counting only moments in which something was. Where none of them caught a transfer,
 * it is as the last ones went, the newest first: quick ones fall between, and before the first one there are those of
 * former days.
 */
export function linkRatesOf(
  samples: readonly { readonly downBytesPerSecond: number; readonly shipBytesPerSecond: number }[],
  transfers: readonly PastTransfer[] = [],
): LinkRates {
  return {
    downBytesPerSecond: meanOfBusy(samples.map(({ downBytesPerSecond }) => downBytesPerSecond)),
    shipBytesPerSecond:
      meanOfBusy(samples.map(({ shipBytesPerSecond }) => shipBytesPerSecond)) ?? rateOf(transfers),
  };
}

function meanOfBusy(rates: readonly number[]): number | undefined {
  const busy = rates.filter((rate) => rate > 0).slice(-mostSamples);
  return busy.length === 0 ? undefined : busy.reduce((sum, rate) => sum + rate, 0) / busy.length;
}

/** Of the whole line: time that several of them shared counts once. */
function rateOf(transfers: readonly PastTransfer[]): number | undefined {
  const last = transfers.filter(({ tookMs }) => tookMs > 0).slice(0, transfersThatCount);
  const busyMs = coveredMs(last.map(({ atMs, tookMs }) => ({ fromMs: atMs - tookMs, toMs: atMs })));
  const bytes = last.reduce((sum, one) => sum + one.bytes, 0);
  return busyMs === 0 || bytes === 0 ? undefined : (bytes / busyMs) * 1000;
}

/** How much time is in at least one of the spans. */
function coveredMs(spans: readonly { readonly fromMs: number; readonly toMs: number }[]): number {
  let sumMs = 0;
  let untilMs = Number.NEGATIVE_INFINITY;
  for (const { fromMs, toMs } of spans.toSorted((one, other) => one.fromMs - other.fromMs)) {
    sumMs += Math.max(0, toMs - Math.max(fromMs, untilMs));
    untilMs = Math.max(untilMs, toMs);
  }
  return sumMs;
}
