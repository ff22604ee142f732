import type { Command } from "commander";
import type { TransformerPlan } from "../../analysis/ranking/rank-with-transformer.ts";
import type { Protocol } from "../../evaluation/ranking/split.ts";
import type { DatabaseOptions } from "../database.ts";
import { integerIn } from "../parse-options.ts";

export interface RankingCommandOptions extends DatabaseOptions {
  /** Exactly one of `data` and `policy`. */
  readonly data?: string;
  /** `undefined` in it: the serving one. */
  readonly policy?: { readonly version: number | undefined };
  readonly scenario?: string;
  readonly protocol: Protocol;
  readonly k: number;
  readonly preset: TransformerPlan["preset"];
  readonly length: number;
  readonly epochs?: number;
  readonly baselines: boolean;
  readonly seed: number;
  readonly json: boolean;
}

/** Options that only the training of a Transformer takes. */
const ofTraining = ["k", "preset", "length", "epochs", "baselines"] as const;

/** Ends the command on options that do not belong together. */
export function checkUse({ data, policy }: RankingCommandOptions, command: Command): void {
  if ((data === undefined) === (policy === undefined))
    command.error(
      "error: name either --data <folder|file>, to train rankers on it, or --policy <serving|version>, to measure a policy of the record",
    );
  const given = ofTraining.find((name) => command.getOptionValueSource(name) === "cli");
  if (policy !== undefined && given !== undefined)
    command.error(
      `error: --${given} belongs to --data: a policy has its own network, and the scenario's slateSize`,
    );
}

const parseVersion = integerIn(1, 2 ** 31);

/** `serving`, or the number of a version. */
export const parsePolicy = (text: string): NonNullable<RankingCommandOptions["policy"]> => ({
  version: text === "serving" ? undefined : parseVersion(text),
});
