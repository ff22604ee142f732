export type BenchOptions = Readonly<Record<string, number | string | boolean>>;

/** Something that `npm run bench -- <name>` measures. */
export interface Bench<Options extends BenchOptions = BenchOptions> {
  /** A flag may be part of it, as in `gate --hostile`. */
  readonly name: string;
  readonly description: string;
  /** What `--<option>` sets, with defaults: a number is a positive one, a text any, false a flag. */
  readonly options: Options;
  /** All values of an option, where it takes no others. */
  readonly choices?: Readonly<Record<string, readonly string[]>>;
  run(options: Options, report: Report): Promise<void>;
}

export interface Report {
  /** @param metric what was measured, with its unit; one of them is the bench's metric in targets.json */
  figure(metric: string, value: number): void;
  /** What doesn't fit a line a figure; the first column names the row. */
  table(columns: readonly string[], rows: readonly (readonly string[])[]): void;
  /** A line that figures have to be read with. */
  note(text: string): void;
  /** Says that nothing could be measured, and why. */
  skip(reason: string): void;
}

export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export interface Figure {
  readonly metric: string;
  readonly value: number;
}

/** What a bench promises on a slow, shared machine. */
export interface Target {
  /** Last part of the option `data` that the target is for; of any where left out. */
  readonly data?: string;
  /** Number of the option `items` that the target is for; any where left out. */
  readonly items?: number;
  readonly metric: string;
  /** The bench reports the metric only if a peer is there; the target is left out otherwise. */
  readonly ofPeer?: true;
  readonly direction: "at least" | "at most";
  readonly target: number;
  readonly note: string;
}
