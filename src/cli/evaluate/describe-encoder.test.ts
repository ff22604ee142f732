import { expect, test } from "vitest";
import { describeEncoderWatch, describeNewEncoder } from "./describe-encoder.ts";

test("the rule for a new encoder is shown with its reason", () => {
  const watch = { newEvents: 7, knownEvents: 100, isDue: false, reason: "7 events are new" };
  expect(describeEncoderWatch({ encoderWatch: watch })).toEqual([
    "encoder    stays: 7 events are new",
  ]);
  expect(describeEncoderWatch({ encoderWatch: { ...watch, isDue: true } })).toEqual([
    "encoder    should learn on: 7 events are new",
  ]);
  expect(describeEncoderWatch({})).toEqual([]);
});

test("a new encoder is shown with its cut-off, and with its distance where decisions were logged", () => {
  const ndcg = { mean: 0.1, standardError: 0.01 };
  const newEncoder = { throughSequence: 1234, ndcg };
  expect(describeNewEncoder({ newEncoder })).toEqual([
    "encoder    trained up to event number 1234",
  ]);
  const divergence = { decisions: 200, kl: 0.0421 };
  expect(describeNewEncoder({ newEncoder: { ...newEncoder, divergence } })).toEqual([
    "encoder    trained up to event number 1234, KL 0.0421 nats from the serving policy on 200 decisions",
  ]);
  expect(describeNewEncoder({})).toEqual([]);
});
