import { mixSeed } from "./mix-seed.ts";
import type { ParsedInput } from "./parsed-input.ts";
import type { RecommendParts } from "./recommend-parts.ts";

/** A request's own seed is mixed with a secret, so that it chooses no lots. */
export const chooseSeed = async (
  { random, store }: RecommendParts,
  { seed }: ParsedInput,
  visitor: Omit<Parameters<typeof mixSeed>[1], "seed">,
): Promise<number> =>
  seed === undefined
    ? random.integer(2 ** 32)
    : mixSeed(await store.secret(), { ...visitor, seed });
