"""Evaluates the uniform choice on the arrays of `recurve export obp` with Open Bandit Pipeline, and prints the values.

python read_obp.py <folder> <rewards.json>

The second file has a reward model's prediction for each itemId.
"""

import json
import sys
from pathlib import Path

import obp_without_torch  # noqa: F401  isort: skip
import numpy as np
import pyarrow.parquet as pq
from obp.ope import DoublyRobust, InverseProbabilityWeighting, OffPolicyEvaluation, SelfNormalizedInverseProbabilityWeighting

folder = Path(sys.argv[1])
manifest = json.loads((folder / "manifest.json").read_text())
rounds = pq.read_table(folder / "rounds.parquet")
actions = pq.read_table(folder / "actions.parquet")
feedback = {
    "n_rounds": manifest["n_rounds"],
    "n_actions": manifest["n_actions"],
    "context": np.stack(rounds["context"].to_numpy()),
    "action_context": np.stack(actions["action_context"].to_numpy()),
    **{name: rounds[name].to_numpy() for name in ["action", "reward", "pscore", "position"]},
}

shape = (manifest["n_rounds"], manifest["n_actions"], manifest["len_list"])
uniform = np.zeros(shape)
for row, left in enumerate(rounds["candidates"].to_pylist()):
    # Of a row OBP reads its own position, and wants a distribution at each.
    uniform[row, left, :] = 1 / len(left)
predictions = json.loads(Path(sys.argv[2]).read_text())
rewards = np.zeros(shape)
rewards[:] = np.array([predictions[item] for item in actions["itemId"].to_pylist()])[None, :, None]

evaluation = OffPolicyEvaluation(
    bandit_feedback=feedback,
    ope_estimators=[InverseProbabilityWeighting(), SelfNormalizedInverseProbabilityWeighting(), DoublyRobust()],
)
values = evaluation.estimate_policy_values(action_dist=uniform, estimated_rewards_by_reg_model=rewards)
shapes = {name: list(feedback[name].shape) for name in ["context", "action_context", "action"]}
print(json.dumps({"values": {name: float(value) for name, value in values.items()}, "shapes": shapes}))
