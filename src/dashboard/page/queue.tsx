/** The queue: search and groups over a list of which only the rows in sight are drawn, however long it is. */

import { elementScroll, observeElementOffset, observeElementRect, Virtualizer } from '@tanstack/virtual-core';
import type { VNode } from 'preact';
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Infohash } from '../../core/metainfo.ts';
import type { StatusRow } from '../../driver/status.ts';
import type { GroupKey } from './model.ts';
import { countGroups, findRows, groups } from './model.ts';
import { QueueRow, rowId } from './queue-row.tsx';
import { show } from './store.ts';

const narrow = '(max-width: 760px)';
const rowHeight = 36;
const narrowRowHeight = 68;
/** The titles of the columns, which stay in sight; a narrow screen has none. */
const headHeight = 30;
/** Rows drawn beyond those in sight, on both sides. */
const overscan = 8;

interface Properties {
  readonly rows: readonly StatusRow[];
  readonly group: GroupKey;
  readonly search: string;
  readonly opened: Infohash | undefined;
}

export function Queue({ rows, group, search, opened }: Properties): VNode {
  const found = useMemo(() => findRows(rows, group, search), [rows, group, search]);
  return (
    <section class="queue" aria-labelledby="queue-title">
      <Toolbar rows={rows} group={group} search={search} />
      <p class="visually-hidden" role="status">
        {found.length === rows.length ? '' : `${found.length} of ${rows.length} torrents shown`}
      </p>
      {found.length === 0 ? (
        <p class="empty">
          {rows.length === 0
            ? 'The managed directory holds no torrents. Put .torrent files into it, and they appear here.'
            : 'No torrent is like that.'}
        </p>
      ) : (
        <Grid rows={found} opened={opened} />
      )}
    </section>
  );
}

function Toolbar({ rows, group, search }: Omit<Properties, 'opened'>): VNode {
  const counts = useMemo(() => countGroups(rows), [rows]);
  return (
    <div class="toolbar">
      <h2 id="queue-title">Queue</h2>
      <div class="groups" role="group" aria-label="Show only">
        {groups
          .filter(({ key }) => key === 'all' || key === group || (counts.get(key) ?? 0) > 0)
          .map(({ key, label }) => (
            <button
              key={key}
              type="button"
              class="chip"
              aria-pressed={key === group}
              onClick={() => show({ group: key })}
            >
              {label} <span class="count">{counts.get(key) ?? 0}</span>
            </button>
          ))}
      </div>
      <input
        id="search"
        type="search"
        class="search"
        placeholder="Search"
        aria-label="Search torrents by name, infohash or what they wait for"
        aria-keyshortcuts="/"
        value={search}
        onInput={(event) => show({ search: event.currentTarget.value })}
      />
    </div>
  );
}

const columns = ['Name', 'State', 'Progress', 'Size', 'Rate', 'Ratio', 'ETA', 'What next'];
const columnClasses = ['name', 'state', 'progress', 'size', 'rate', 'ratio', 'eta', 'next'];

function Grid({
  rows,
  opened,
}: {
  readonly rows: readonly StatusRow[];
  readonly opened: Infohash | undefined;
}): VNode {
  const scroller = useRef<HTMLDivElement>(null);
  const virtualizer = useVirtualizer(scroller, rows.length);
  const [active, setActive] = useState(0);
  const at = Math.min(active, rows.length - 1);
  const latest = useRef(rows);
  latest.current = rows;
  const open = useCallback((index: number): void => {
    setActive(index);
    show({ opened: latest.current[index]?.infohash });
  }, []);
  const move = (event: KeyboardEvent): void => {
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / rowHeight) - 1);
    const next = keyTarget(event.key, at, page, rows.length);
    if (next === undefined && event.key !== 'Enter') return;
    // Enter, too: the story takes the focus at once, and the same key would press its first button.
    event.preventDefault();
    if (next === undefined) {
      open(at);
      return;
    }
    virtualizer.scrollToIndex(next);
    setActive(next);
  };
  const items = virtualizer.getVirtualItems();
  const isActiveDrawn = items.some(({ index }) => index === at);
  return (
    <div
      ref={scroller}
      class="grid"
      role="grid"
      aria-labelledby="queue-title"
      aria-rowcount={rows.length + 1}
      aria-activedescendant={isActiveDrawn ? rowId(at) : undefined}
      tabIndex={0}
      onKeyDown={move}
    >
      <GridHead />
      <div role="rowgroup" class="rows" style={{ height: `${virtualizer.getTotalSize()}px` }}>
        {items.map(({ index, start }) => {
          const row = rows[index];
          return row === undefined ? null : (
            <QueueRow
              key={row.infohash}
              row={row}
              index={index}
              top={start - virtualizer.options.scrollMargin}
              isActive={index === at}
              isOpen={row.infohash === opened}
              onOpen={open}
            />
          );
        })}
      </div>
    </div>
  );
}

function GridHead(): VNode {
  return (
    <div role="rowgroup" class="heads">
      <div role="row" class="row head" aria-rowindex={1}>
        {columns.map((title, index) => (
          <div key={title} role="columnheader" class={columnClasses[index]}>
            {title}
          </div>
        ))}
      </div>
    </div>
  );
}

/** Where a key leads; undefined for a key that leads nowhere. */
function keyTarget(key: string, at: number, page: number, count: number): number | undefined {
  const steps: Readonly<Record<string, number>> = {
    ArrowDown: at + 1,
    ArrowUp: at - 1,
    PageDown: at + page,
    PageUp: at - page,
    Home: 0,
    End: count - 1,
  };
  const target = steps[key];
  return target === undefined ? undefined : Math.max(0, Math.min(count - 1, target));
}

/** The virtualizer of one scrolling element; what it finds is drawn. */
function useVirtualizer(
  scroller: { readonly current: HTMLDivElement | null },
  count: number,
): Virtualizer<HTMLDivElement, HTMLDivElement> {
  const [, redraw] = useState(0);
  const isNarrow = useMedia(narrow);
  const height = isNarrow ? narrowRowHeight : rowHeight;
  const options = {
    count,
    estimateSize: () => height,
    getScrollElement: () => scroller.current,
    observeElementRect,
    observeElementOffset,
    scrollToFn: elementScroll,
    overscan,
    scrollMargin: isNarrow ? 0 : headHeight,
    scrollPaddingStart: isNarrow ? 0 : headHeight,
    onChange: () => redraw((times) => times + 1),
  };
  const [virtualizer] = useState(() => new Virtualizer<HTMLDivElement, HTMLDivElement>(options));
  virtualizer.setOptions(options);
  useLayoutEffect(() => virtualizer._didMount(), []);
  useLayoutEffect(() => virtualizer._willUpdate());
  useLayoutEffect(() => virtualizer.measure(), [height]);
  return virtualizer;
}

function useMedia(query: string): boolean {
  const [matches, setMatches] = useState(() => matchMedia(query).matches);
  useEffect(() => {
    const media = matchMedia(query);
    const listener = (): void => setMatches(media.matches);
    media.addEventListener('change', listener);
    return () => media.removeEventListener('change', listener);
  }, [query]);
  return matches;
}
