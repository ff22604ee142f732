import { describeEstimator } from "../../tests/conformance/estimator.ts";
import { directMethod } from "./direct-method.ts";
import { doublyRobust } from "./doubly-robust.ts";
import { inversePropensity } from "./inverse-propensity.ts";
import { selfNormalised } from "./self-normalised.ts";

describeEstimator({ estimator: "ips", estimate: inversePropensity, model: "wrong" });
describeEstimator({ estimator: "snips", estimate: selfNormalised, model: "wrong" });
// The direct method is as good as its model: only a true one makes it exact.
describeEstimator({ estimator: "dm", estimate: directMethod, model: "true" });
describeEstimator({ estimator: "dr", estimate: doublyRobust, model: "wrong" });
