/** What the manual says of each command beyond its options: the one source of `--help`, the pages and the man page. */

export interface CommandWords {
  /** Paragraphs. */
  readonly about: readonly string[];
  /** Arguments after the program's name, and what they are for. */
  readonly examples: readonly (readonly [command: string, purpose: string])[];
}

/** Of the commands that show what holds now. */
const whoAnswers =
  'Where a daemon or a run is at work, it answers, and knows what is under way; else the command looks itself, which changes nothing.';

export const commandWords: Readonly<Record<string, CommandWords>> = {
  run: {
    about: [
      'Looks at rtorrent, the disk, the remote and its ledger, decides, acts, and looks again until nothing is left that can be done now. It waits for the transfers that it starts, then exits. While it is at work it answers status, top, why, plan and the commands over its control socket, as the daemon does.',
      'A second one on the same directory exits at once. An idle pass says nothing, so that cron sends no mail. The first Ctrl-C or kill ends it cleanly: transfers go on next time where they stopped; the second one ends it at once.',
    ],
    examples: [
      ['', 'one pass'],
      ['--verbose run', 'one pass that tells everything'],
      ['--json run', 'what was done, and what waits, for scripts'],
    ],
  },
  daemon: {
    about: [
      'The same as run, but it goes on: it looks again at its own pace, quickly while something moves and slowly while nothing does, and at once when a .torrent appears or a transfer ends. It answers status, top, plan and the commands over its control socket.',
      'The first Ctrl-C or kill ends it cleanly, the second one at once. SIGHUP has it read the configuration again; one with mistakes is told of, and the old one kept. It tells systemd when it is ready, and that it is alive.',
    ],
    examples: [
      ['daemon', 'in a terminal, a tmux, or a user unit of systemd'],
      ['daemon --rtorrent embedded', 'with an rtorrent of its own'],
    ],
  },
  up: {
    about: [
      'For whoever has no configuration and no rtorrent running: makes a configuration of its flags (without any it does what it did the last time), says at once where the remote cannot be used, starts an rtorrent of its own with settings that fit its version and the limit, watches it, starts it again when it crashes or hangs, and drives it as daemon does.',
    ],
    examples: [
      ['up --torrents ~/torrents --to bighost:/srv/torrents --space 10GiB', 'the whole set-up, until Ctrl-C'],
    ],
  },
  status: {
    about: [
      `One line a torrent, in the order of the queue: size, state, how much of it is done, ratio, when it will be on the remote, and what it waits for; before that the space, the problems with their fixes, and after it the windows: of each torrent that goes through in parts or is streamed, how much is in flight, fetched, being shipped and proved, of how much. Where the terminal is too narrow for the reason to wait, ratio and size are left out. ${whoAnswers}`,
      'A time with > before it may become longer, for nobody knows how long others seed; - says that it cannot be told.',
    ],
    examples: [
      ['status', 'everything at a glance'],
      ['status --json', 'for scripts'],
      ['status --watch', 'a live screen'],
    ],
  },
  top: {
    about: [
      'A live screen of the space, the links, every torrent, problems, and what happened last. Up and down choose a torrent; Enter shows why it is where it is, p pauses or resumes it, + and - change its priority, r tries again what failed, P pauses everything, ? shows all keys, q quits.',
      'Where a daemon runs it listens to it, and shows at once what changes; else it looks by itself every few seconds. Only what changes is sent to the terminal, so that it is pleasant over a slow line. NO_COLOR is respected, and without a UTF-8 locale it is plain ASCII. A terminal that cannot place text (TERM=dumb) is told to use status.',
    ],
    examples: [['top', 'watch, with keys']],
  },
  plan: {
    about: [
      `What the next pass would do, and when each of these torrents is on the remote; then those that wait, in the order of the queue: when each starts, when it is done, and why it waits; then the windows of those that go through in parts or are streamed. Run it before the first real pass. ${whoAnswers}`,
    ],
    examples: [
      ['plan', 'what would happen, and why not more'],
      ['plan --json', 'the same for scripts, with reasons as words and times in milliseconds from the look'],
    ],
  },
  why: {
    about: [
      `One line, then the facts that led to it: sizes, space, pieces, its window, what is proved, what is under way, the last failure and when it is tried again, its duty to seed, its place on the remote. Where several torrents are called so, or none is, it says which there are. ${whoAnswers}`,
    ],
    examples: [
      ['why debian-13', 'by the beginning of its name'],
      ['why 4a1b', 'by the beginning of its infohash'],
    ],
  },
  problems: {
    about: [
      `What you have to do something about, the worst first, each with its fix, and how long it has lasted. Torrents that wait for the same thing are one problem. The exit code is 1 where there is an error, 0 where there are warnings alone. ${whoAnswers}`,
    ],
    examples: [['problems', 'what is wrong, and what to do']],
  },
  doctor: {
    about: [
      'Checks the configuration, rtorrent, ssh, rsync on both sides, the remote path and the space, one line a check, each failure with its fix. Then come the problems of the torrents, as problems lists them. The exit code is 1 where a check fails or a problem is an error. Changes nothing.',
    ],
    examples: [['doctor', 'is everything in place?']],
  },
  history: {
    about: ['What was loaded, shipped, proved and deleted, oldest first, with sizes, durations and rates.'],
    examples: [
      ['history', 'the last fifty steps'],
      ['history --limit 500 --json', 'more of them, for scripts'],
    ],
  },
  verify: {
    about: [
      'Compares all that was ever shipped with what the remote holds now: names and sizes, or with --read-data the content, which reads every file there. Changes nothing on either side. The exit code is 1 where something is missing or different.',
    ],
    examples: [
      ['verify', 'is all of it still there?'],
      ['verify --read-data', 'and is it still the same?'],
    ],
  },
  init: {
    about: [
      'Asks for the directory of the torrents, the remote, the limit and rtorrent, checks each answer at once, writes the configuration, and shows or installs what starts the driver. Flags answer beforehand; without a terminal they have to answer all, but for the rtorrent where one alone is found. Nothing is overwritten without being asked for.',
    ],
    examples: [
      ['init', 'asks'],
      ['init --torrents ~/torrents --to bighost:/srv/torrents --space 10GiB', 'asks for the rest alone'],
      ['init --dry-run', 'shows what would be written'],
    ],
  },
  pause: {
    about: [
      'Nothing of a paused torrent is loaded, shipped or deleted until it is resumed; a transfer under way is ended, and goes on there afterwards. What rtorrent does with it, it goes on doing. Works while the driver runs, and while it does not.',
    ],
    examples: [
      ['pause debian-13', 'leave one alone'],
      ['pause all', 'leave everything alone, what comes later included'],
    ],
  },
  resume: {
    about: ['Goes on with what was paused.'],
    examples: [
      ['resume debian-13', 'one'],
      ['resume all', 'everything'],
    ],
  },
  retry: {
    about: [
      'What fails rests before it is tried again, longer each time. This ends the rest: use it once the cause is mended.',
    ],
    examples: [
      ['retry debian-13', 'one'],
      ['retry all', 'all that failed'],
    ],
  },
  priority: {
    about: [
      'Within one priority the smallest torrent comes first. The subdirectories high/ and low/ of the managed directory do the same for the .torrent files in them; a command has the last word.',
    ],
    examples: [['priority debian-13 high', 'before all others']],
  },
  completion: {
    about: [
      'Prints a script that completes the commands, options and choices of this very version. Where to put it: ~/.local/share/bash-completion/completions/rtorrent-low-space-driver for bash, a file _rtorrent-low-space-driver in a directory of $fpath for zsh, ~/.config/fish/completions/rtorrent-low-space-driver.fish for fish.',
    ],
    examples: [
      ['completion bash', 'for bash'],
      ['completion zsh', 'for zsh'],
      ['completion fish', 'for fish'],
    ],
  },
};
