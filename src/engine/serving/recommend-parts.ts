import type { RandomStream } from "../../numeric/random.ts";
import type { Store } from "../../storage/store.ts";
import type { Configuration } from "../configuration/configuration.ts";
import type { Catalogue } from "../state/catalogue.ts";
import type { FastLoops } from "./fast-loop/serving-loops.ts";
import type { ServingPolicies } from "./serving-policies.ts";

/** Everything that a decision is made with. */
export interface RecommendParts {
  readonly store: Store;
  readonly catalogue: Catalogue;
  readonly policies: ServingPolicies;
  readonly fastLoops: FastLoops;
  readonly configuration: Configuration;
  readonly clock: () => number;
  readonly random: RandomStream;
  readonly createId: () => string;
}
