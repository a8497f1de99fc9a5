/** A value by time of day, as people write it in the configuration: `2MiB, 01:00-07:00 0`. */

export interface Schedule<T> {
  /** Outside of all times. */
  readonly usual: T;
  /** Where some overlap, the first one counts. */
  readonly times: readonly TimeOfDay<T>[];
}

export interface TimeOfDay<T> {
  /** Minutes since midnight, the first one in it. */
  readonly fromMinute: number;
  /** The first one after it; before `fromMinute` where midnight lies between. */
  readonly toMinute: number;
  readonly value: T;
}

const minutesOfDay = 24 * 60;

/** Reads it, each value by `parse`; undefined where it is not written so, or a value is undefined. */
export function parseSchedule<T>(
  text: string,
  parse: (value: string) => T | undefined,
): Schedule<T> | undefined {
  const [first = '', ...rest] = text.split(',').map((part) => part.trim());
  const usual = parse(first);
  const times = rest.map((part) => parseTime(part, parse));
  if (usual === undefined || !times.every((time) => time !== undefined)) return undefined;
  return { usual, times };
}

/** The value at a minute of the day, from 0 on. */
export function valueAt<T>({ usual, times }: Schedule<T>, minute: number): T {
  const time = times.find(({ fromMinute, toMinute }) =>
    fromMinute < toMinute
      ? minute >= fromMinute && minute < toMinute
      : minute >= fromMinute || minute < toMinute,
  );
  return time === undefined ? usual : time.value;
}

function parseTime<T>(text: string, parse: (value: string) => T | undefined): TimeOfDay<T> | undefined {
  const match = /^(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})\s+(.+)$/.exec(text);
  const [fromMinute, toMinute] = [minuteOf(match?.[1], match?.[2]), minuteOf(match?.[3], match?.[4])];
  const value = match?.[5] === undefined ? undefined : parse(match[5]);
  if (fromMinute === undefined || toMinute === undefined || value === undefined) return undefined;
  if (fromMinute === minutesOfDay || fromMinute === toMinute) return undefined;
  return { fromMinute, toMinute, value };
}

function minuteOf(hours = '', minutes = ''): number | undefined {
  const minute = Number(hours) * 60 + Number(minutes);
  return hours !== '' && Number(minutes) < 60 && minute <= minutesOfDay ? minute : undefined;
}
