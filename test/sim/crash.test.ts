/** The driver is killed at every point of the scenarios about whole torrents, remotes, users and the queue. */

import { comesToTheSameEnd } from './crash-check.ts';
import { provedScenarios } from './proved-scenarios.ts';
import { queueScenarios } from './queue-scenarios.ts';
import { scenarios } from './scenarios.ts';

comesToTheSameEnd([...scenarios, ...provedScenarios, ...queueScenarios]);
