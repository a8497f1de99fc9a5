/** Plans and snapshots as JSON: names as text, and nothing that only this program could read. */

import type { Action, Plan, WaitReason } from '../core/action.ts';
import { explainAction, explainWait, nameOf } from '../core/explain.ts';
import type { ManagedTorrent } from '../core/metainfo.ts';
import { displayText } from '../core/bytes.ts';
import type { Snapshot } from '../core/snapshot.ts';

export function jsonOfPlan(plan: Plan, snapshot: Snapshot): unknown {
  return {
    takenAt: new Date(snapshot.takenAtMs).toISOString(),
    space: plan.space ?? null,
    actions: plan.actions.map((action) => ({
      ...identityOf(action.managed),
      action: action.kind,
      files: filesOf(action),
      sentence: explainAction(action),
    })),
    waits: plan.waits.map(({ managed, reason }) => ({
      ...identityOf(managed),
      reason: jsonOfReason(reason),
      sentence: explainWait(reason, snapshot.takenAtMs),
    })),
    rejected: jsonOfRejected(snapshot),
  };
}

export function jsonOfRejected({ rejected }: Snapshot): unknown {
  return rejected.map(({ path, reason }) => ({ path: displayText(path), reason }));
}

function identityOf({ metainfo }: ManagedTorrent): Record<string, unknown> {
  return {
    infohash: metainfo.infohash,
    name: nameOf({ metainfo } as ManagedTorrent),
    sizeBytes: metainfo.totalBytes,
  };
}

function filesOf(action: Action): readonly number[] | undefined {
  if (!('files' in action)) return undefined;
  return action.files.map((file) => (typeof file === 'number' ? file : file.index));
}

/** Paths in a reason are bytes; a reader of JSON gets them as text. */
function jsonOfReason(reason: WaitReason): unknown {
  const entries = Object.entries(reason as Record<string, unknown>).map(([key, value]) => [
    key,
    key === 'path' || key === 'reported' ? displayText(value as ManagedTorrent['metainfo']['name']) : value,
  ]);
  return Object.fromEntries(entries) as unknown;
}
