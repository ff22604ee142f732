import type { Bench } from "./bench.ts";
import { coldItemsBench } from "./cold-items.bench.ts";
import { cycleBench } from "./cycle.bench.ts";
import { diversityBench } from "./diversity.bench.ts";
import { embeddedBench } from "./embedded.bench.ts";
import { explanationBench } from "./explanation.bench.ts";
import { fastLoopBench } from "./fast-loop.bench.ts";
import { fastLoopRewardsBench } from "./fast-loop-rewards.bench.ts";
import { gateBench } from "./gate.bench.ts";
import { gateCoverageBench } from "./gate-coverage.bench.ts";
import { gateHostileBench } from "./gate-hostile.bench.ts";
import { guardsBench } from "./guards.bench.ts";
import { importBench } from "./import.bench.ts";
import { learningBench } from "./learning.bench.ts";
import { newItemsBench } from "./new-items.bench.ts";
import { opeBench } from "./ope.bench.ts";
import { overloadBench } from "./overload.bench.ts";
import { policyQualityBench } from "./policy-quality.bench.ts";
import { privacyBench } from "./privacy.bench.ts";
import { qualityBench } from "./quality.bench.ts";
import { realDataBench } from "./real-data.bench.ts";
import { retrievalBench } from "./retrieval.bench.ts";
import { serveBench } from "./serve.bench.ts";
import { serveSmoke } from "./serve-smoke.bench.ts";
import { serveState } from "./serve-state.bench.ts";
import { socialBench } from "./social.bench.ts";
import { trainBench } from "./train.bench.ts";

/** In the order in which they are listed. */
export const benches: readonly Bench[] = [
  serveSmoke,
  serveBench,
  serveState,
  retrievalBench,
  overloadBench,
  embeddedBench,
  importBench,
  opeBench,
  gateBench,
  gateHostileBench,
  gateCoverageBench,
  guardsBench,
  fastLoopBench,
  fastLoopRewardsBench,
  learningBench,
  trainBench,
  cycleBench,
  qualityBench,
  policyQualityBench,
  coldItemsBench,
  newItemsBench,
  explanationBench,
  socialBench,
  realDataBench,
  diversityBench,
  privacyBench,
];
