"""Takes SASRec-shaped training steps in PyTorch on the arrays of a folder, one JSON line in and one out, and times each."""

import json
import math
import resource
import sys
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

folder = Path(sys.argv[1])
settings = json.loads(sys.argv[2])
contest = settings["contest"]
rows, length, negative_count = contest["rows"], contest["length"], contest.get("negatives")
torch.set_num_threads(settings["threads"])
torch.set_num_interop_threads(1)
torch.manual_seed(1)


def read(name, dtype, shape):
    array = np.fromfile(folder / name.replace("/", "."), dtype=dtype).reshape(shape)
    return torch.from_numpy(array if dtype == np.float32 else array.astype(np.int64))


shapes = json.loads((folder / "shapes.json").read_text())
parameters = {name: torch.nn.Parameter(read(name, np.float32, shape)) for name, shape in shapes.items()}
items = read("items", np.int32, (rows, length))
targets = read("targets", np.int32, (rows * length,))
negatives = read("negatives", np.int32, (-1,))
table = parameters["itemTable"]
catalogue, width = table.shape
blocks = len([name for name in parameters if name.endswith("/queryWeights")])
optimizer = torch.optim.Adam(parameters.values(), lr=1e-3, betas=(0.9, 0.98), eps=1e-8, fused=True)


def dropped(value):
    return F.dropout(value, settings["dropout"])


def norm(value, name):
    return F.layer_norm(value, (width,), parameters[name + "Scale"], parameters[name + "Shift"])


def encode():
    x = dropped(F.embedding(items, table) + parameters["positionTable"])
    for block in range(blocks):
        part = lambda name: parameters[f"block{block}/{name}"]  # noqa: E731
        h = norm(x, f"block{block}/attention")
        # One head: [rows, 1, length, width].
        q, k, v = ((h @ part(name)).unsqueeze(1) for name in ("queryWeights", "keyWeights", "valueWeights"))
        mixed = F.scaled_dot_product_attention(q, k, v, is_causal=True).squeeze(1)
        x = x + dropped(mixed @ part("outputWeights"))
        h = norm(x, f"block{block}/forward")
        inner = F.relu(h @ part("innerWeights") + part("innerBias"))
        x = x + dropped(inner @ part("outerWeights") + part("outerBias"))
    return norm(x, "state").reshape(-1, width)


def next_item_loss(states):
    if negative_count is None:
        return F.cross_entropy(states @ table.T, targets)
    log_expected = math.log(negative_count / catalogue)
    own = (states * F.embedding(targets, table)).sum(1, keepdim=True) - log_expected
    others = states @ F.embedding(negatives, table).T - log_expected
    others = others.masked_fill(negatives == targets[:, None], -1e9)
    return F.cross_entropy(torch.cat([own, others], 1), torch.zeros_like(targets))


def step():
    started_at, cpu_started_at = time.perf_counter(), time.process_time()
    optimizer.zero_grad(set_to_none=True)
    loss = next_item_loss(encode())
    loss.backward()
    optimizer.step()
    return {
        "loss": loss.item(),
        "seconds": time.perf_counter() - started_at,
        "coreSeconds": time.process_time() - cpu_started_at,
    }


print(json.dumps({"PyTorch": torch.__version__, "Python": sys.version.split()[0]}), flush=True)
for line in sys.stdin:
    steps = [step() for _ in range(int(line))]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"steps": steps, "peakMegabytes": peak}), flush=True)
