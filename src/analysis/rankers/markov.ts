import { fitChain } from "../../learning/sequence/fit-chain.ts";
import { type ChainSettings, scoreSuccessors } from "../../policy/encoder/chain.ts";
import type { Ranker, RankerData } from "./ranker.ts";

/** The Markov chain by itself, as a line of the table. */
export function fitMarkov({ training, itemCount }: RankerData, settings: ChainSettings): Ranker {
  const chain = fitChain(training, itemCount, settings);
  return { score: (history) => scoreSuccessors(chain, history) };
}
