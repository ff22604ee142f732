"""Prints a table of `recurve export` as pandas reads it: types, numbers by their bits, and the rows.

python read_tables.py <file.parquet | file.csv | file.jsonl>
"""

import json
import struct
import sys

import pandas as pd
import pyarrow.parquet as pq


def bits(value):
    return struct.pack("<d", value).hex()


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

floats = {name: [bits(value) for value in frame[name]] for name in frame if frame[name].dtype == float}
for name, kind in types.items():
    if kind.startswith("list<element: double"):
        floats[f"{name}[]"] = [bits(value) for row in frame[name] for value in row]
print(json.dumps({"types": types, "floats": floats, "rows": json.loads(frame.to_json(orient="records"))}))
