"""Prints the logits of all candidates of an exported policy for each state of a file, by examples/notebooks/exported_policy.py.

python score_policy.py <folder of the policy> <states.json>
"""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "examples/notebooks"))
sys.dont_write_bytecode = True

from exported_policy import ExportedPolicy  # noqa: E402

policy = ExportedPolicy(sys.argv[1])


def score(state):
    history = [(event["type"], event["itemId"], event["value"]) for event in state["history"]]
    return policy.logits(history, policy.candidates, state["context"], state["userAttributes"]).tolist()


states = json.loads(Path(sys.argv[2]).read_text("utf-8"))
print(json.dumps({"candidates": policy.candidates, "logits": [score(state) for state in states]}))
