"""Learns from a file of `recurve export decisions --format dsjson` with Vowpal Wabbit, and prints what it says about it.

python read_dsjson.py <file.dsjson>

`loss` is VW's own estimate of the cost of the uniform choice by inverse propensities: the progressive loss at --epsilon 1.
"""

import json
import re
import subprocess
import sys

learn = """
import json, sys
from vowpalwabbit import Workspace
workspace = Workspace("--dsjson --cb_explore_adf --epsilon 1 --log_output stderr -d " + sys.argv[1])
rounds = workspace.get_weighted_examples()
print(json.dumps({"loss": workspace.get_sum_loss() / rounds, "rounds": rounds}), flush=True)
workspace.finish()
"""
# A process of its own, since VW writes its log past Python.
found = subprocess.run([sys.executable, "-c", learn, sys.argv[1]], capture_output=True, text=True)
problem = re.compile("warning|error|critical|malformed|invalid", re.IGNORECASE)
warnings = [line for line in found.stderr.splitlines() if problem.search(line)]
figures = json.loads(found.stdout) if found.returncode == 0 else {"returncode": found.returncode}
print(json.dumps({**figures, "warnings": warnings}))
