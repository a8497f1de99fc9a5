/** Several reporters as one: the log and the monitor hear the same. */

import type { ReporterPort } from '../ports/runtime.ts';

export function composeReporters(...reporters: readonly ReporterPort[]): ReporterPort {
  return {
    acted: (...told) => {
      for (const reporter of reporters) reporter.acted(...told);
    },
    progressed: (...told) => {
      for (const reporter of reporters) reporter.progressed(...told);
    },
    noticed: (...told) => {
      for (const reporter of reporters) reporter.noticed(...told);
    },
    troubled: (...told) => {
      for (const reporter of reporters) reporter.troubled(...told);
    },
    recovered: (...told) => {
      for (const reporter of reporters) reporter.recovered(...told);
    },
  };
}
