import type { Context } from "hono";
import type { ApiKey } from "../../domain/api-key.ts";
import { EngineError } from "../../domain/errors.ts";
import type { ServerEnv } from "../app.ts";
import { onMoreSlates } from "../slates.ts";

/** Requests that a key may send now; below 0 after a batch of more slates than that. */
interface Allowance {
  left: number;
  at: number;
}

function refuse(name: string, rate: number, retryAfter: number): EngineError {
  const message = `key '${name}' may send ${rate} requests a second, a batch's slates each; send the request again in ${retryAfter} s, or raise the limit with recurve keys limit`;
  return new EngineError("too_many_requests", message, { details: { key: name, rate } });
}

/**
 * Lets a key send as many requests as its rate allows, and as many at once as in a second. In this process: servers beside each
 * other each count their own.
 * @param clock milliseconds
 * @returns takes a request of a key, and later its further slates. Throws too_many_requests
 */
export function createKeyLimits(clock: () => number) {
  const allowances = new Map<string, Allowance>();
  const refill = (name: string, rate: number): Allowance => {
    const { left, at } = allowances.get(name) ?? { left: rate, at: clock() };
    const gained = (Math.max(0, clock() - at) / 1000) * rate;
    const allowance = { left: Math.min(rate, left + gained), at: clock() };
    allowances.set(name, allowance);
    return allowance;
  };
  return (context: Context<ServerEnv>, { name, rate }: Pick<ApiKey, "name" | "rate">): void => {
    if (rate === undefined) return;
    const allowance = refill(name, rate);
    if (allowance.left < 1) {
      const retryAfter = Math.ceil((1 - allowance.left) / rate);
      context.header("retry-after", String(retryAfter));
      throw refuse(name, rate, retryAfter);
    }
    allowance.left -= 1;
    onMoreSlates(context, (slates) => {
      refill(name, rate).left -= slates;
    });
  };
}
