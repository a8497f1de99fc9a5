/** The driver is killed at every point of the scenarios about files that are streamed, and now and then in the long ones. */

import { comesToTheSameEnd } from './crash-check.ts';
import { longStreamScenarios, streamScenarios } from './stream-scenarios.ts';

comesToTheSameEnd(streamScenarios);
comesToTheSameEnd(longStreamScenarios, 61);
