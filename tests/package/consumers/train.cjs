// A tiny network is trained, by CommonJS.
const assert = require("node:assert/strict");
const { createClient } = require("recurve/sdk");
const tensor = require("recurve/tensor");

async function main() {
  const graph = tensor.createGraph();
  const x = tensor.input(graph, "x", [4, 2]);
  const y = tensor.input(graph, "y", [4, 1]);
  const rowWeights = tensor.input(graph, "rowWeights", [4, 1]);
  const weights = tensor.parameter(graph, "weights", [2, 1]);
  const logits = tensor.matmul(x, weights);
  const loss = tensor.binaryCrossEntropy(logits, y, rowWeights);
  const initial = { weights: new Float32Array(2) };
  const trainer = await tensor.createTrainer({ graph, loss, parameters: [weights], initial });
  const feeds = {
    x: Float32Array.of(1, 0, 0, 1, 1, 0, 0, 1),
    y: Float32Array.of(1, 0, 1, 0),
    rowWeights: new Float32Array(4).fill(1),
  };
  const losses = [];
  for (let step = 0; step < 50; step++) losses.push((await trainer.step(feeds, 0.1)).loss);
  await trainer.close();
  assert.ok(losses.every(Number.isFinite));
  assert.ok(losses.at(-1) < losses[0] / 2);
  assert.equal(typeof createClient, "function");
  console.log(`train: ${losses.at(-1)}`);
}

void main();
