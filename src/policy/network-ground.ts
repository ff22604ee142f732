import type { PolicyGround } from "../domain/fast-loop.ts";
import type { Network } from "./network.ts";

/** Whether every item is as likely as the others, for every user. */
export const isUniform = (network: Network): boolean =>
  isUntrained(network) && network.parameters.itemBias!.every((bias) => bias === 0);

/** Whether a policy is alike for all users: no state has a part in its scores yet. */
export const isUntrained = ({ parameters, encoder }: Network): boolean =>
  encoder === undefined && parameters.stateWeights!.every((weight) => weight === 0);

/** Whether every state has the same h: nothing of a state and its context has a part in it. */
export const hasOneState = (network: Network): boolean =>
  isUntrained(network) && network.parameters.contextTable!.every((weight) => weight === 0);

/** On what a network's scores stand, as far as the fast loop depends on it. */
export const groundOf = (network: Network): PolicyGround => ({
  hasEncoder: network.encoder !== undefined,
  isPopularity: isUntrained(network) && !isUniform(network),
});
