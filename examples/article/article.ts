/**
 * The example of the MPO article (its section 5) as a program that runs: ten-dimensional states, sigmoid policies π_θ and π_φ,
 * Adam at 0.01. What the article's listing gets wrong, and what stands here instead:
 * 1. Its φ has no objective (`generate_adversarial_data` is nowhere defined). Here φ learns reward from feedback, and the
 *    challenger is the serving policy tilted to what φ expects to pay.
 * 2. It feeds parameters to the models as if they were states. Here policies see states.
 * 3. It subtracts probabilities. The policy difference is one of logarithms: Δ = log π_θ(a|s) − log π_φ(a|s).
 * 4. Its gradient is that of NumPy arrays, which is none. Here Δ is exact: the sum over both actions, a ∼ π_θ.
 * 5. Its last line fits π_θ to the adversarial data and so undoes what was optimised. Here the optimised θ is what serves.
 */
import { createRandom } from "recurve";
import * as rc from "recurve/tensor";

const [rows, dimensions, learningRate, temperature] = [1024, 10, 0.01, 0.1];
const random = createRandom(5);
const logistic = (x: number) => 1 / (1 + Math.exp(-x));
const normals = (count: number) => Float32Array.from({ length: count }, () => random.normal());

// Recommending in state s is rewarded with probability σ(taste·s); recommending nothing is worth 0.4.
const [states, taste] = [normals(rows * dimensions), normals(dimensions)];
const nothing = 0.4;
const score = (weights: Float32Array) =>
  Float32Array.from({ length: rows }, (_, row) =>
    weights.reduce((sum, weight, k) => sum + weight * states[row * dimensions + k]!, 0),
  );
const pays = score(taste).map(logistic);
const average = (values: Float32Array) => values.reduce((sum, value) => sum + value, 0) / rows;
const rewardOf = (theta: Float32Array) =>
  average(score(theta).map((x, row) => nothing + logistic(x) * (pays[row]! - nothing)));

/** Ten weights w with the logit w·s of every state; `feeds` are what the loss asks for, one number a state. */
function createModel(
  feeds: readonly string[],
  loss: (logit: rc.Value, ...fed: rc.Value[]) => rc.Value,
) {
  const graph = rc.createGraph();
  const weights = rc.parameter(graph, "w", [dimensions, 1]);
  const logit = rc.matmul(rc.input(graph, "states", [rows, dimensions]), weights);
  const fed = feeds.map((name) => rc.input(graph, name, [rows, 1]));
  const initial = { w: new Float32Array(dimensions) };
  return rc.createTrainer({ graph, loss: loss(logit, ...fed), parameters: [weights], initial });
}

// Step 2a, the adversarial model: φ is fitted to feedback of a policy that recommends in half of the visits.
const shown = pays.map(() => Number(random.uniform() < 0.5));
const rewards = pays.map((chance) => Number(random.uniform() < chance));
const share = shown.map((one) => one / average(shown) / rows);
const phi = await createModel(["rewards", "share"], rc.binaryCrossEntropy);
for (let step = 0; step < 500; step++) await phi.step({ states, rewards, share }, learningRate);
const expected = score(phi.parameters().w!).map(logistic);

// Step 2b, the policy difference E_s Σ_a π_θ(a|s)·[log π_θ(a|s) − log π_φ(a|s)], with log σ(x) = −rc.softplus(−x).
const theta = await createModel(["challenger"], (x, challenger) => {
  const yes = rc.subtract(rc.softplus(rc.negate(challenger)), rc.softplus(rc.negate(x)));
  const no = rc.subtract(rc.softplus(challenger), rc.softplus(x));
  return rc.mean(
    rc.add(rc.multiply(rc.sigmoid(x), yes), rc.multiply(rc.sigmoid(rc.negate(x)), no)),
  );
});
const report = (round: number, difference: string) =>
  console.log(`round ${round}  ${difference}reward ${rewardOf(theta.parameters().w!).toFixed(4)}`);
report(0, "");
for (let round = 1; round <= 4; round++) {
  // π_φ(a|s) ∝ π_θ(a|s)·exp(Q(s, a)/η), Q being what φ expects: in logits an addition.
  const serving = score(theta.parameters().w!);
  const challenger = serving.map((x, row) => x + (expected[row]! - nothing) / temperature);
  // Step 2c, gradient descent on Δ. Step 3, the update: the new θ serves in the next round.
  const losses: number[] = [];
  for (let step = 0; step < 200; step++)
    losses.push((await theta.step({ states, challenger }, learningRate)).loss);
  report(round, `Δ ${losses[0]!.toFixed(4)} → ${losses.at(-1)!.toFixed(4)}  `);
}
console.log(
  `best possible    ${average(pays.map((chance) => Math.max(chance, nothing))).toFixed(4)}`,
);
