/** How a contract suite states its checks: each a test of its own, in a world of its own, which is closed whatever happens. */

import { test } from 'node:test';

interface Closable {
  close(): void | Promise<void>;
}

/** States one check: a title, and what is done in the world that it is given. */
export type Check<World> = (title: string, body: (world: World) => Promise<void>) => void;

/** `name` tells the implementation that the suite runs over. */
export function checksOver<World extends Closable>(
  name: string,
  makeWorld: () => World | Promise<World>,
): Check<World> {
  return (title, body) => {
    test(`${name}: ${title}`, async () => {
      const world = await makeWorld();
      try {
        await body(world);
      } finally {
        await world.close();
      }
    });
  };
}
