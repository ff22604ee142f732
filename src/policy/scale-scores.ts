import type { Network } from "./network.ts";

/** Of h, u and b, in which f(s, a) = h·e + u·e + b is linear; e stays as it is. */
const linearParameters: ReadonlySet<string> = new Set([
  "itemBias",
  "itemWeights",
  "contextTable",
  "stateWeights",
  "stateBias",
  "encodedWeights",
  "logOddsWeights",
]);

/** The same network with every f(s, a) multiplied by `factor`, as exactly as float32 parameters can be. */
export function scaleScores(network: Network, factor: number): Network {
  const parameters = Object.entries(network.parameters).map(([name, values]) => [
    name,
    linearParameters.has(name) ? values.map((value) => factor * value) : values,
  ]);
  return { ...network, parameters: Object.fromEntries(parameters) };
}
