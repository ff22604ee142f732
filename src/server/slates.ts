import type { Context } from "hono";
import type { ServerEnv, TakeMore } from "./app.ts";

/** To be told of further slates, which are known once the body is read. */
export function onMoreSlates(context: Context<ServerEnv>, take: TakeMore): void {
  context.set("takeMore", [...(context.get("takeMore") ?? []), take]);
}

/** A request that asks for several slates is taken as so many requests. @throws overloaded */
export function countSlates(context: Context<ServerEnv>, slates: number): void {
  for (const take of context.get("takeMore") ?? []) take(slates - 1);
}
