"""Runs Open Bandit Pipeline's estimators on the arrays of a folder, one JSON line in and one out, and times each call."""

import json
import sys
import time
from pathlib import Path

import obp_without_torch  # noqa: F401  isort: skip
import numpy as np
from obp.ope import OffPolicyEvaluation
from obp.ope import estimators as obp
from obp.version import __version__

folder = Path(sys.argv[1])
rows, actions = int(sys.argv[2]), int(sys.argv[3])


def column(name, dtype=np.float64):
    return np.fromfile(folder / name, dtype=dtype)


inputs = {
    "reward": column("rewards"),
    "action": column("actions", np.int32).astype(np.int64),
    "pscore": column("propensities"),
    "action_dist": column("probabilities").reshape(rows, actions, 1),
    "estimated_rewards_by_reg_model": column("predictions").reshape(rows, actions, 1),
    "estimated_importance_weights": column("balancingWeights"),
    "position": np.zeros(rows, dtype=np.int64),
}

feedback = {
    "n_rounds": rows,
    "n_actions": actions,
    "context": np.zeros((rows, 1)),
    **{name: inputs[name] for name in ["action", "reward", "pscore", "position"]},
}


def create(contest):
    settings = contest.get("peerSettings", {})
    return getattr(obp, contest["peerClass"])(**settings)


def estimate_value(contest):
    return float(create(contest).estimate_policy_value(**inputs))


def estimate_interval(contest, resamples):
    interval = create(contest).estimate_interval(**inputs, alpha=0.05, n_bootstrap_samples=resamples, random_state=1)
    return interval["mean"]


def evaluate(contests):
    """Every estimator, as its users call it: values, then intervals with the default number of resamples."""
    evaluation = OffPolicyEvaluation(bandit_feedback=feedback, ope_estimators=[create(contest) for contest in contests])
    values, _ = evaluation.summarize_off_policy_estimates(
        action_dist=inputs["action_dist"],
        estimated_rewards_by_reg_model=inputs["estimated_rewards_by_reg_model"],
        estimated_importance_weights=inputs["estimated_importance_weights"],
        random_state=1,
    )
    return float(values["estimated_policy_value"]["dr"])


tasks = {"value": estimate_value, "interval": estimate_interval, "evaluation": evaluate}
print(json.dumps({"obp": __version__, "numpy": np.__version__, "python": sys.version.split()[0]}), flush=True)
for line in sys.stdin:
    request = json.loads(line)
    cpu_before, started_at = time.process_time(), time.perf_counter()
    value = tasks[request["task"]](*request["arguments"])
    answer = {
        "value": value,
        "seconds": time.perf_counter() - started_at,
        "cpuSeconds": time.process_time() - cpu_before,
    }
    print(json.dumps(answer), flush=True)
