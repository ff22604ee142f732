// A tiny network is trained, by CommonJS.
const assert = require("node:assert/strict");
const recurve = require("recurve");
const { createClient } = require("recurve/sdk");

async function main() {
  const graph = recurve.createGraph();
  const x = recurve.input(graph, "x", [4, 2]);
  const y = recurve.input(graph, "y", [4, 1]);
  const rowWeights = recurve.input(graph, "rowWeights", [4, 1]);
  const weights = recurve.parameter(graph, "weights", [2, 1]);
  const logits = recurve.matmul(x, weights);
  const loss = recurve.binaryCrossEntropy(logits, y, rowWeights);
  const initial = { weights: new Float32Array(2) };
  const trainer = await recurve.createTrainer({ graph, loss, parameters: [weights], initial });
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
