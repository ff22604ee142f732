import type { Context } from "hono";
import type { EngineError } from "../domain/errors.ts";
import type { ServerEnv } from "./app.ts";
import { onMoreSlates } from "./slates.ts";

/** Requests under way, at most as many as there are places. */
export interface RequestPlaces {
  readonly requests: () => number;
  /** Of these requests: a batch is as many requests as it has slates. */
  readonly slates: () => number;
  /** @returns ends the request, and gives its slates. Throws the refusal */
  enter(context: Context<ServerEnv>): () => number;
}

/** A batch of more slates than there are places is taken alone. */
export function createPlaces(
  limit: number,
  refuse: (context: Context<ServerEnv>) => EngineError,
): RequestPlaces {
  let requests = 0;
  let slates = 0;
  return {
    requests: () => requests,
    slates: () => slates,
    enter: (context) => {
      if (slates >= limit) throw refuse(context);
      let own = 1;
      requests += 1;
      slates += own;
      onMoreSlates(context, (more) => {
        if (requests > 1 && slates + more > limit) throw refuse(context);
        own += more;
        slates += more;
      });
      return () => {
        requests -= 1;
        slates -= own;
        return own;
      };
    },
  };
}
