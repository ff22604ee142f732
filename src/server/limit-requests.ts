import type { Context, MiddlewareHandler } from "hono";
import { routes } from "../contract/routes.ts";
import { EngineError } from "../domain/errors.ts";
import type { ServerEnv } from "./app.ts";
import { createPace, type Pace } from "./pace.ts";
import { createPlaces } from "./places.ts";
import { createKeyPlaces } from "./security/limit-key-places.ts";
import { scopeOf } from "./security/route-scopes.ts";
import { createTurns } from "./take-turns.ts";

/** They tell operators about an overload, so that they are answered in one. */
const always: readonly string[] = [routes.health, routes.metrics];

/** Longer than this a page does not wait for its items. */
const longestWaitMs = 100;
/** After a refusal a queue is no burst for so long: it would stay as long as it may, and all would wait for nothing (Nichols & Jacobson 2012). */
const pressedMs = 1000;
/** Taken meanwhile: enough to share writes to the disk. */
const takenPressed = 12;

const remedy = "send the request again in a second, more slowly";

function refuseCount(limit: number): EngineError {
  const message = `the server has ${limit} requests under way, its limit; ${remedy}, or raise server.maxRequests of the configuration`;
  return new EngineError("overloaded", message, { details: { limit } });
}

function refuseWait(expectedMs: number): EngineError {
  const message = `the request would wait ${Math.round(expectedMs)} ms, and the server lets none wait more than ${longestWaitMs} ms; ${remedy}`;
  return new EngineError("overloaded", message, { details: { limitMs: longestWaitMs } });
}

function refuseQueue(): EngineError {
  const message = `requests come faster than the server answers them, and it takes ${takenPressed} at a time until it has refused none for a second; ${remedy}`;
  return new EngineError("overloaded", message, { details: { limit: takenPressed } });
}

/** Which requests would wait too long, and how they are refused. */
function createWaits(pace: Pace, clock: () => number) {
  // Made once: an overload has thousands of them a second, and a stack is a sixth of a refusal's time.
  const ofQueue = refuseQueue();
  let refusedAt = Number.NEGATIVE_INFINITY;
  const isPressed = () => {
    const since = clock() - refusedAt;
    // Less than 0 if the machine's clock was set back.
    return since >= 0 && since < pressedMs;
  };
  return {
    /** @param slates under way with the request's own */
    waitsLong: (slates: number) =>
      isPressed() ? slates > takenPressed : pace.expectedMs(slates) > longestWaitMs,
    refuse: (slates: number) => {
      const refusal = isPressed() ? ofQueue : refuseWait(pace.expectedMs(slates));
      refusedAt = clock();
      return refusal;
    },
  };
}

async function within<T>(leave: () => void, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } finally {
    leave();
  }
}

/**
 * Takes at most `maxRequests` at a time, and no more than it answers in `longestWaitMs`, or `takenPressed` if it has just refused
 * one for that; others are refused at once, so that those under way are answered in a known time and memory is bounded. A batch is
 * as many requests as it has slates; a larger one than the limit is taken alone. One key has at most a share of both. Open routes,
 * health and metrics are not counted, and don't wait for their turn.
 * @param clock milliseconds
 * @throws overloaded, too_many_requests
 */
export function limitRequests(
  { maxRequests, keyShare }: { readonly maxRequests: number; readonly keyShare: number },
  clock: () => number,
): MiddlewareHandler<ServerEnv> {
  const pace = createPace(clock);
  const takeTurn = createTurns();
  const takeRefusal = createTurns();
  const places = createPlaces(maxRequests, () => refuseCount(maxRequests));
  const { waitsLong, refuse } = createWaits(pace, clock);
  const enterByKey = createKeyPlaces({ limit: maxRequests, share: keyShare, waitsLong });
  const enter = (context: Context<ServerEnv>) => {
    const slates = places.slates() + 1;
    if (slates <= maxRequests && waitsLong(slates)) throw refuse(slates);
    const leave = places.enter(context);
    return () => {
      const requests = places.requests();
      pace.answered(requests, leave());
    };
  };
  const orRefuse = async (admit: () => () => void) => {
    try {
      return admit();
    } catch (refusal) {
      await takeRefusal();
      throw refusal;
    }
  };
  return async (context, next) => {
    if (always.includes(context.req.path) || scopeOf(context) === "open") return next();
    return within(await orRefuse(() => enterByKey(context)), async () =>
      within(await orRefuse(() => enter(context)), async () => {
        await takeTurn();
        return next();
      }),
    );
  };
}
