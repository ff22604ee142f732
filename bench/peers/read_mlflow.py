"""Prints what MLflow's own client finds of a registered model and its experiment, as JSON.

python read_mlflow.py <server> <name> <feeds.json>: the feeds by input are what the champion is asked.
"""

import json
import sys

import mlflow
import numpy as np

server, name, feeds = sys.argv[1:]
mlflow.set_tracking_uri(server)
client = mlflow.MlflowClient()
experiment = client.get_experiment_by_name(name)


def points(run, metric):
    history = client.get_metric_history(run, metric)
    return [[point.step, point.value] for point in sorted(history, key=lambda point: point.step)]


def read_run(run):
    run_id = run.info.run_id
    return {
        "id": run_id,
        "status": run.info.status,
        "params": run.data.params,
        "tags": run.data.tags,
        "metrics": {metric: points(run_id, metric) for metric in run.data.metrics},
        "artefacts": {
            file.path: mlflow.artifacts.load_text(f"{run.info.artifact_uri}/{file.path}")
            for file in client.list_artifacts(run_id)
        },
        "models": [model.model_id for model in run.outputs.model_outputs],
    }


def predict(alias):
    model = mlflow.pyfunc.load_model(f"models:/{name}@{alias}")
    fed = json.load(open(feeds))
    inputs = {
        spec.name: np.array(fed[spec.name], spec.type).reshape([-1 if n == -1 else n for n in spec.shape])
        for spec in model.metadata.signature.inputs
    }
    return model.predict(inputs)["logits"].ravel().tolist()


runs = {run.info.run_name: read_run(run) for run in client.search_runs([experiment.experiment_id])}
versions = client.search_model_versions(f"name='{name}'")
print(
    json.dumps(
        {
            "count": len(client.search_runs([experiment.experiment_id])),
            "runs": runs,
            "models": [model.model_id for model in client.search_logged_models([experiment.experiment_id])],
            "versions": {version.version: version.tags["recurve.policy"] for version in versions},
            "aliases": client.get_registered_model(name).aliases,
            "logits": predict("champion"),
        }
    )
)
