"""Prints a table of `recurve export` as pandas reads it: its columns' types, and the rows as JSON.

python read_tables.py <file.parquet | file.csv | file.jsonl>
"""

import json
import sys

import pandas as pd
import pyarrow.parquet as pq

path = sys.argv[1]
if path.endswith(".parquet"):
    frame = pd.read_parquet(path)
    types = {field.name: str(field.type) for field in pq.read_schema(path)}
elif path.endswith(".csv"):
    frame = pd.read_csv(path, float_precision="round_trip")
    types = frame.dtypes.astype(str).to_dict()
else:
    frame = pd.read_json(path, lines=True, precise_float=True, convert_dates=False)
    types = frame.dtypes.astype(str).to_dict()

hexed = {
    name: [value.hex() for value in frame[name].tolist()]
    for name in frame.columns
    if frame[name].dtype == float
}
print(json.dumps({"types": types, "floats": hexed, "rows": json.loads(frame.to_json(orient="records", double_precision=15))}))
