/** The driver is killed at every point of the scenarios about files that are streamed. */

import { comesToTheSameEnd } from './crash-check.ts';
import { streamScenarios } from './stream-scenarios.ts';

comesToTheSameEnd(streamScenarios);
