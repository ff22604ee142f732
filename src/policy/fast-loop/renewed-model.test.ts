import { expect, test } from "vitest";
import { userId } from "../../domain/ids.ts";
import type { FastDecision } from "./fast-decision.ts";
import { createRenewedModel } from "./renewed-model.ts";
import type { ResidualModel } from "./residual-model.ts";

/** Stands for a model: knows the decisions it has learnt. */
function createRecorder(): ResidualModel & { readonly learnt: readonly FastDecision[] } {
  const learnt: FastDecision[] = [];
  return {
    learnt,
    get isReady() {
      return learnt.length > 0;
    },
    temperature: 1,
    level: 0,
    learn: (block) => void learnt.push(...block),
    draw: () => () => new Float64Array(),
    clone: createRecorder,
  };
}

const towers = {
  state: new Float32Array(),
  items: { values: new Float32Array(), width: 0 },
  logits: new Float64Array(),
};
const decisions = Array.from(
  { length: 160 },
  (): FastDecision => ({ userId: userId("u-1"), towers, shown: [] }),
);

/** State of the model after the decisions up to `until`. */
function learntBy(until: number, from: number): readonly FastDecision[] | undefined {
  const renewed = createRenewedModel(createRecorder, { renewal: 32, from });
  for (let next = renewed.count; next < until; next += 16)
    renewed.learn(decisions.slice(next, next + 16));
  return (renewed.model as ReturnType<typeof createRecorder> | undefined)?.learnt;
}

test("it has learnt from the last one to two renewals, wherever it began to read", () => {
  for (let count = 16; count <= decisions.length; count += 16) {
    const start = Math.max(0, 32 * (Math.floor(count / 32) - 1));
    for (const from of [0, count])
      expect(learntBy(count, from)).toEqual(decisions.slice(start, count));
  }
});

test("it gives no model before a block, nor before it has all that it has to remember", () => {
  expect(learntBy(0, 0)).toBeUndefined();
  expect(learntBy(80, 96)).toBeUndefined();
  expect(learntBy(96, 96)).toHaveLength(32);
});
