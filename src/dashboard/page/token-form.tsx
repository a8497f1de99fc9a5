/** Asks for the token where the driver wants one. */

import type { VNode } from 'preact';
import { useRef } from 'preact/hooks';
import { giveToken } from './store.ts';

export function TokenForm(): VNode {
  const field = useRef<HTMLInputElement>(null);
  return (
    <form
      class="token"
      onSubmit={(event) => {
        event.preventDefault();
        giveToken(field.current?.value.trim() ?? '');
      }}
    >
      <label for="token">
        The driver asks for its token: <code>dashboard_token</code> of the configuration
      </label>
      <div class="token-line">
        <input ref={field} id="token" type="password" autocomplete="off" required />
        <button type="submit">Open</button>
      </div>
    </form>
  );
}
