"""Runs Vowpal Wabbit over a file of examples, one JSON line of arguments in and one with the progressive loss out."""

import json
import sys
from importlib.metadata import version

from vowpalwabbit import Workspace

print(json.dumps({"Vowpal Wabbit": version("vowpalwabbit"), "Python": sys.version.split()[0]}), flush=True)
for line in sys.stdin:
    # With -d it reads the whole file before it returns.
    workspace = Workspace(json.loads(line) + " --quiet")
    loss = workspace.get_sum_loss() / workspace.get_weighted_examples()
    workspace.finish()
    print(json.dumps(loss), flush=True)
