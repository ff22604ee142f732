import { batchesOf } from "../../contract/batches.ts";
import { EngineError } from "../../domain/errors.ts";
import { itemId } from "../../domain/ids.ts";
import type { World } from "../../domain/world.ts";
import { ApiError, type RecurveClient, type ScenariosResponse } from "../../sdk/client.ts";
import { pause } from "../interruption.ts";

export interface SimulationOptions {
  readonly client: RecurveClient;
  readonly world: World;
  readonly scenario: string;
  readonly signal: AbortSignal;
  readonly visitsPerSecond: number;
  /** Visits at a time. */
  readonly concurrency: number;
  /** Pause before a request is repeated that the server was away for. */
  readonly retryPauseMs: number;
  /** Milliseconds. */
  readonly clock: () => number;
  /** Called once with the reason if the server does not answer at the start. */
  readonly onWait: (problem: ApiError) => void;
}

/**
 * Repeats a request for as long as the server does not answer. `undefined` if the signal ended it.
 */
async function insist<T>(
  { signal, retryPauseMs }: SimulationOptions,
  request: () => Promise<T>,
  onWait?: (problem: ApiError) => void,
): Promise<T | undefined> {
  for (let attempt = 0; !signal.aborted; attempt++) {
    try {
      return await request();
    } catch (error) {
      if (!(error instanceof ApiError && error.retryable)) throw error;
      if (attempt === 0) onWait?.(error);
      await pause(retryPauseMs, signal);
    }
  }
  return undefined;
}

/**
 * The number of the next visit. Asked before anything is written, so that the wrong server stays
 * unchanged.
 */
function findFirstTurn({ scenarios }: ScenariosResponse, name: string): number {
  const found = scenarios.find((scenario) => scenario.name === name);
  if (found !== undefined) return found.decisions;
  const known = scenarios.map((scenario) => scenario.name);
  throw new EngineError(
    "unknown_scenario",
    `the server has no scenario '${name}', only ${known.join(", ")}; nothing was written. recurve start makes a demo on an empty database`,
    { details: { field: "scenario", value: name, known } },
  );
}

/** Items, users and their events before the first visit. Stored ones stay as they are. */
async function introduce(options: SimulationOptions): Promise<void> {
  const { client, world } = options;
  for (const items of batchesOf(world.items)) await insist(options, () => client.putItems(items));
  for (const users of batchesOf(world.users)) await insist(options, () => client.putUsers(users));
  const history = world.history.map((event, index) => ({ ...event, eventId: `history-${index}` }));
  for (const events of batchesOf(history)) await insist(options, () => client.sendEvents(events));
}

async function visit(options: SimulationOptions, turn: number): Promise<void> {
  const { client, world, scenario } = options;
  // A scenario of another server may show more items than these users look at.
  const request = { ...world.visit(turn), scenario, slateSize: world.slateSize };
  const answer = await insist(options, () => client.recommend(request));
  if (answer === undefined) return;
  const { decisionId } = answer;
  const shown = answer.slate.map((entry) => itemId(entry.itemId));
  const events = world.react(turn, shown).map((reaction) => ({
    ...reaction,
    userId: request.userId,
    decisionId,
    eventId: `${decisionId}/${reaction.itemId}`,
  }));
  if (events.length > 0) await insist(options, () => client.sendEvents(events));
}

/**
 * Plays a world's users against a server until the signal ends it: introduces them, then visits at
 * a steady rate. Waits while the server does not answer, and continues an earlier run.
 *
 * @throws unknown_scenario before anything is written; ApiError if the server refuses
 */
export async function simulateUsers(given: SimulationOptions): Promise<void> {
  const stop = new AbortController();
  const options = { ...given, signal: AbortSignal.any([given.signal, stop.signal]) };
  const { client, signal, clock } = options;
  const known = await insist(options, () => client.listScenarios(), options.onWait);
  if (known === undefined) return;
  let turn = findFirstTurn(known, options.scenario);
  await introduce(options);
  const intervalMs = 1000 / options.visitsPerSecond;
  let due = clock();

  const visitor = async () => {
    while (!signal.aborted) {
      // After a time without answers the visits that did not take place are not made up for.
      due = Math.max(due + intervalMs, clock() - intervalMs);
      await pause(due - clock(), signal);
      if (!signal.aborted) await visit(options, turn++);
    }
  };
  try {
    await Promise.all(Array.from({ length: options.concurrency }, visitor));
  } finally {
    // If one was refused, so are the others.
    stop.abort();
  }
}
