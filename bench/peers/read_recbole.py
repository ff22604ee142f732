"""Prints what RecBole's Dataset makes of the atomic files of `recurve export recbole`.

python read_recbole.py <folder>
"""

import contextlib
import json
import sys
from pathlib import Path

folder = Path(sys.argv[1])
settings = {
    "data_path": str(folder.parent),
    "load_col": None,
    "use_gpu": False,
    "show_progress": False,
    "checkpoint_dir": str(folder.parent),
    "state": "CRITICAL",
}
sys.argv = sys.argv[:1]
# It says what it does on standard output.
with contextlib.redirect_stdout(sys.stderr):
    from recbole.config import Config
    from recbole.data.dataset import Dataset

    dataset = Dataset(Config(model="Pop", dataset=folder.name, config_dict=settings))
features = {"inter": dataset.inter_feat, "item": dataset.item_feat, "user": dataset.user_feat}
tokens = {field: list(map(str, dataset.field2id_token[field])) for field in ["user_id", "item_id", "type", "categories"]}
rows = {
    name: {field: feature[field].tolist() for field in feature.columns if dataset.field2type[field].value in ("token", "float")}
    for name, feature in features.items()
}
types = {field: kind.value for field, kind in dataset.field2type.items()}
print(json.dumps({"types": types, "tokens": tokens, "rows": rows}))
