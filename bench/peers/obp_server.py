"""Runs Open Bandit Pipeline's estimators on the arrays of a folder, one JSON line in and one out, and times each call."""

import json
import sys
import time
import types
from pathlib import Path


class Anything(type):
    """Stands for whatever is read from a module that isn't there."""

    def __getattr__(cls, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return cls


def stand_in_for_torch():
    """OBP imports PyTorch for its learners; none of its estimators uses it."""
    try:
        import torch  # noqa: F401
    except ImportError:
        anything = Anything("anything", (), {})
        for name in ["torch", "torch.nn", "torch.nn.functional", "torch.optim", "torch.utils", "torch.utils.data"]:
            module = types.ModuleType(name)
            module.__getattr__ = lambda _: anything
            sys.modules[name] = module


stand_in_for_torch()

import numpy as np  # noqa: E402
from obp.ope import estimators as obp  # noqa: E402
from obp.version import __version__  # noqa: E402

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

print(json.dumps({"obp": __version__, "numpy": np.__version__, "python": sys.version.split()[0]}), flush=True)
for line in sys.stdin:
    request = json.loads(line)
    estimator = getattr(obp, request["estimator"])(**request["settings"])
    started_at = time.perf_counter()
    if request["resamples"] == 0:
        answer = {"value": float(estimator.estimate_policy_value(**inputs))}
    else:
        interval = estimator.estimate_interval(
            **inputs, alpha=0.05, n_bootstrap_samples=request["resamples"], random_state=1
        )
        answer = {"value": interval["mean"]}
    answer["seconds"] = time.perf_counter() - started_at
    print(json.dumps(answer), flush=True)
