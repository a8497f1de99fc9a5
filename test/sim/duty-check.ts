/** Whether a plan lets a torrent go that still owes something, by what the world knows of it. */

import type { Action, Plan } from '../../src/core/action.ts';
import type { DutyTerms } from '../../src/core/policy.ts';
import type { RtorrentView, Snapshot } from '../../src/core/snapshot.ts';
import { Finding } from './finding.ts';
import { nameIn } from './events.ts';
import type { Loaded } from './rtorrent-state.ts';
import type { World } from './world.ts';

/** rtorrent counts in whole seconds and whole bytes. */
const slackMs = 1_001;

/** @throws Finding */
export function checkDuty(world: World, { actions }: Plan, { takenAtMs, ledger, rtorrent }: Snapshot): void {
  if (rtorrent.seen) checkCounts(world, rtorrent.value);
  // What it forgot by dying since the look, no plan could know of.
  if (rtorrent.seen && rtorrent.value.processId !== world.rtorrent.processId) return;
  const leaving: readonly Action['kind'][] =
    world.settings.policy.shipWhen === 'ratio' ? ['ship', 'prove'] : ['purge'];
  for (const { kind, managed } of actions) {
    const { infohash, totalBytes, trackers } = managed.metainfo;
    const loaded = world.rtorrent.torrents.get(infohash);
    if (!leaving.includes(kind) || loaded?.order.mode !== '') continue;
    // What is not whole and open seeds nothing any more; a purge that was begun goes on.
    if (!world.rtorrent.isComplete(loaded) || !loaded.isOpen) continue;
    if (ledger.intents.get(infohash)?.step === 'purge') continue;
    const { duty } = world.settings.policy;
    const terms = trackers.includes('announce.strict.example')
      ? (duty.trackers.get('strict.example') ?? duty)
      : duty;
    if (isDone(terms, loaded, totalBytes, takenAtMs)) continue;
    throw new Finding(`${nameIn(world, infohash)} may leave (${kind}) before its duty is done`);
  }
}

/** Loads are added up, none of them twice. */
function checkCounts(world: World, { torrents }: RtorrentView): void {
  for (const { infohash, uploadedBytes } of torrents.values()) {
    const sentBytes = world.rtorrent.sentBytes.get(infohash) ?? 0;
    // Fractions add up in another order than they were sent.
    if (uploadedBytes <= sentBytes + 1) continue;
    throw new Finding(
      `${nameIn(world, infohash)} is said to have sent ${uploadedBytes} bytes, of ${sentBytes}`,
    );
  }
}

function isDone(
  terms: DutyTerms,
  { uploadedBytes, completeSinceMs }: Loaded,
  totalBytes: number,
  nowMs: number,
): boolean {
  const seededMs = completeSinceMs === undefined ? 0 : Math.max(0, nowMs - completeSinceMs) + slackMs;
  if (seededMs >= terms.mostSeedTimeMs && seededMs >= terms.requiredSeedTimeMs) return true;
  const isRatioMet = uploadedBytes + 1 >= terms.requiredRatio * totalBytes;
  const isTimeMet = seededMs >= terms.requiredSeedTimeMs;
  if (terms.match === 'all' || terms.requiredRatio === 0 || terms.requiredSeedTimeMs === 0) {
    return isRatioMet && isTimeMet;
  }
  return isRatioMet || isTimeMet;
}
