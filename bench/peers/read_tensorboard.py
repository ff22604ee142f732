"""Prints what TensorBoard's own reader finds in each run under a folder, as JSON by run."""

import json
import sys
from pathlib import Path

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.plugins.hparams import plugin_data_pb2


def hparams(accumulator):
    contents = accumulator.summary_metadata.values() if hasattr(accumulator, "summary_metadata") else []
    found = {}
    for metadata in contents:
        if metadata.plugin_data.plugin_name != "hparams":
            continue
        data = plugin_data_pb2.HParamsPluginData.FromString(metadata.plugin_data.content)
        for name, value in data.session_start_info.hparams.items():
            found[name] = value.number_value
    return found


def read(run):
    accumulator = EventAccumulator(str(run), size_guidance={"scalars": 0, "histograms": 0, "tensors": 0})
    accumulator.Reload()
    tags = accumulator.Tags()
    return {
        "scalars": {tag: [[e.step, e.value] for e in accumulator.Scalars(tag)] for tag in tags["scalars"]},
        "histograms": {
            tag: [
                {"step": e.step, "limits": list(e.histogram_value.bucket_limit), "masses": list(e.histogram_value.bucket)}
                for e in accumulator.Histograms(tag)
            ]
            for tag in tags["histograms"]
        },
        "texts": {
            tag: [e.tensor_proto.string_val[0].decode() for e in accumulator.Tensors(tag)]
            for tag in tags["tensors"]
            if tag == "outcome"
        },
        "hparams": hparams(accumulator),
    }


root = Path(sys.argv[1])
runs = sorted({file.parent for file in root.rglob("*tfevents*")})
print(json.dumps({str(run.relative_to(root)): read(run) for run in runs}))
