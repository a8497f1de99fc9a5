/** In which ways the program can be started again and again: their names alone, which every start of it loads. */

export const schedules = ['cron', 'systemd', 'none'] as const;

export type Schedule = (typeof schedules)[number];
