import type { Context } from "hono";
import { EngineError } from "../../domain/errors.ts";
import type { ServerEnv } from "../app.ts";
import { createPlaces, type RequestPlaces } from "../places.ts";

/** A key's part of the places that all requests have. */
export interface KeyShare {
  /** Places of all requests. */
  readonly limit: number;
  /** In (0, 1]. */
  readonly share: number;
  /** Whether so many slates of all would wait too long. */
  readonly waitsLong: (slates: number) => boolean;
}

const refuse = (name: string, share: number) => (context: Context<ServerEnv>) => {
  context.header("retry-after", "1");
  const message = `key '${name}' has ${Math.round(100 * share)} % of the requests that the server takes at a time under way, its share; send the request again in a second, more slowly, or raise server.keyShare of the configuration`;
  return new EngineError("too_many_requests", message, { details: { key: name, share } });
};

/**
 * Lets the requests of one key have a share of the places at a time, so that others find some. A key with no request under way has
 * one place at least. In this process, as the rate.
 * @returns lets a request in, and gives its end. Throws too_many_requests
 */
export function createKeyPlaces({ limit, share, waitsLong }: KeyShare) {
  const ofKey = Math.max(1, Math.floor(limit * share));
  const places = new Map<string, RequestPlaces>();
  return (context: Context<ServerEnv>): (() => void) => {
    const name = context.get("keyName");
    if (name === undefined) return () => undefined;
    const refuseMore = refuse(name, share);
    const own = places.get(name) ?? createPlaces(ofKey, refuseMore);
    if (own.requests() > 0 && waitsLong((own.slates() + 1) / share)) throw refuseMore(context);
    const leave = own.enter(context);
    places.set(name, own);
    return () => {
      leave();
      if (own.requests() === 0) places.delete(name);
    };
  };
}
