"""Executes notebooks in a folder. Prints, by name, the printed text and the number of figures.

python run_notebooks.py <folder> <name.ipynb>...
"""

import json
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

folder = Path(sys.argv[1])


def execute(name):
    notebook = nbformat.read(folder / name, as_version=4)
    nbformat.validate(notebook)
    NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(folder)}}).execute()
    outputs = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    return {
        "text": "".join(output.text for output in outputs if output.output_type == "stream" and output.name == "stdout"),
        "figures": sum("image/png" in output.get("data", {}) for output in outputs),
    }


print(json.dumps({name: execute(name) for name in sys.argv[2:]}))
