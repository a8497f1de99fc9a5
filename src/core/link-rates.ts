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
/** Fewer moments than this may all be of a transfer's begin: it has hardly sent anything then. */
const leastSamples = 3;
/** So many of the last transfers tell the rate of the next ones, where no sample caught one. */
export const transfersThatCount = 10;

/**
 * The mean over what was carried lately, counting only moments in which something was. Where hardly any of them caught a
 * transfer, it is as the last ones went, the newest first: quick ones fall between, and before the first one there are those
 * of former days.
 */
export function linkRatesOf(
  samples: readonly { readonly downBytesPerSecond: number; readonly shipBytesPerSecond: number }[],
  transfers: readonly PastTransfer[] = [],
): LinkRates {
  const shipped = busy(samples.map(({ shipBytesPerSecond }) => shipBytesPerSecond));
  const asBefore = shipped.length < leastSamples ? rateOf(transfers) : undefined;
  return {
    downBytesPerSecond: meanOf(busy(samples.map(({ downBytesPerSecond }) => downBytesPerSecond))),
    shipBytesPerSecond: asBefore ?? meanOf(shipped),
  };
}

function busy(rates: readonly number[]): readonly number[] {
  return rates.filter((rate) => rate > 0).slice(-mostSamples);
}

function meanOf(rates: readonly number[]): number | undefined {
  return rates.length === 0 ? undefined : rates.reduce((sum, rate) => sum + rate, 0) / rates.length;
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
