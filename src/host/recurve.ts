import type { RequestListener } from "node:http";
import type { Cycle } from "../domain/cycle.ts";
import type { ConfigurationInput } from "../engine/configuration/define-config.ts";
import type { Engine } from "../engine/engine.ts";
import type { RandomStream } from "../numeric/random.ts";

/** Destination of log lines, such as `console` or a pino logger. */
export interface Log {
  warn(line: string): void;
  error(line: string): void;
}

/** Options of `createRecurve`; only `database` is required. */
export interface RecurveOptions {
  /**
   * The record: an SQLite file, created if there is none. ":memory:" lasts until `close` and needs
   * `learner: false`.
   */
  readonly database: string;
  /**
   * As in a configuration file, or as `loadConfiguration` read it. Default: the scenarios items,
   * ads and feed.
   */
  readonly configuration?: ConfigurationInput;
  /**
   * Learn in a separate process that this one starts. Default true; one learner is enough for a
   * database.
   */
  readonly learner?: boolean;
  /** Milliseconds since 1970, for serving; the learner has its own. Default `Date.now`. */
  readonly clock?: () => number;
  /** Source of decisions' seeds. Default: a stream with a new seed at each start. */
  readonly random?: RandomStream;
  /** A fresh decision id at each call, at most 256 characters. Default `crypto.randomUUID`. */
  readonly createId?: () => string;
  /**
   * Receives messages for an operator: a learner that ended, a cycle that failed, a request with
   * status 500 and above. Default `console`.
   */
  readonly log?: Log;
  /** Called after every cycle of the learner started here, failed ones included. */
  readonly onCycle?: (cycle: Cycle) => void;
}

/**
 * The loop in your process: the engine's methods, its HTTP API and dashboard, and a learner beside
 * it.
 */
export interface Recurve extends Engine {
  /**
   * Answers a request to the HTTP API or the dashboard, for Hono's `mount`, Bun and Deno. It asks
   * for API keys once the record has one; until then put your own check in front of it.
   *
   * @example new Hono().mount("/recurve", recurve.fetch)
   */
  readonly fetch: (request: Request) => Promise<Response>;
  /**
   * The same for Express and servers of `node:http`. Comes before a body parser.
   *
   * @example express().use("/recurve", recurve.listener)
   */
  readonly listener: RequestListener;
  /**
   * Refuses further calls with `closed`, waits for those under way, ends the learner and closes the
   * record. A second call waits for the same end.
   */
  close(): Promise<void>;
}
