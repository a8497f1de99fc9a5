/** The policy as it is at a time of day: what the user wrote by the clock on the wall. */

import type { Policy } from '../core/policy.ts';
import type { Schedule } from '../core/schedule.ts';
import { valueAt } from '../core/schedule.ts';

/** Parts of the policy that go by the time of day. */
export interface TimesOfDay {
  readonly maxTransfers: Schedule<number>;
  readonly bandwidthBytesPerSecond: Schedule<number>;
}

/** What of a configuration this is about. */
export interface Timed {
  /** As it is outside of all times, or at any one moment. */
  readonly policy: Policy;
  readonly timesOfDay: TimesOfDay;
}

/** The same object again where nothing is different. */
export function policyAt({ policy, timesOfDay }: Timed, date: Date): Policy {
  const minute = date.getHours() * 60 + date.getMinutes();
  const maxTransfers = valueAt(timesOfDay.maxTransfers, minute);
  const bandwidthBytesPerSecond = valueAt(timesOfDay.bandwidthBytesPerSecond, minute);
  const isSame =
    policy.maxTransfers === maxTransfers && policy.bandwidthBytesPerSecond === bandwidthBytesPerSecond;
  return isSame ? policy : { ...policy, maxTransfers, bandwidthBytesPerSecond };
}

/** For loops: the policy of the configuration at the moment, the same object as long as nothing changes. */
export function policyInForce(configuration: () => Timed, now: () => Date): () => Policy {
  let from: Timed | undefined;
  let current: Timed | undefined;
  return () => {
    const latest = configuration();
    current = {
      ...latest,
      policy: from === latest && current !== undefined ? current.policy : latest.policy,
    };
    from = latest;
    const policy = policyAt(current, now());
    current = { ...current, policy };
    return policy;
  };
}
