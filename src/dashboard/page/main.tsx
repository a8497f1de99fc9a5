/** The page's entry: connects to the driver and draws what it tells. */

import { render } from 'preact';
import { App } from './app.tsx';
import { takeTokenFromAddress } from './connection.ts';
import { start } from './store.ts';

const place = document.getElementById('page');
if (place !== null) {
  takeTokenFromAddress();
  start();
  render(<App />, place);
}
