import { type ExportedTensor, exportWhole } from "../../policy/export-network.ts";
import type { OnnxFiles } from "../onnx-export/export-onnx.ts";

/** State and candidates → logits in one graph, which MLflow's ONNX flavour loads. */
const graphFile = "policy.onnx";

/** MLflow writes a free axis as −1. */
const toSpec = ({ name, type, shape }: ExportedTensor) => ({
  name,
  type: "tensor",
  "tensor-spec": {
    dtype: type,
    shape: shape.map((length) => (typeof length === "string" ? -1 : length)),
  },
});

const pythonEnvironment = `python: "3.11"
build_dependencies:
- pip
dependencies:
- -r requirements.txt
`;

const requirements = ["mlflow>=3", "numpy", "onnx", "onnxruntime"];

interface ModelNames {
  readonly modelId: string;
  readonly runId?: string;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
}

/** Files of `recurve export onnx`, and those with which MLflow loads the policy: its MLmodel is JSON, which is YAML. */
export function modelFiles(
  { files, network }: OnnxFiles,
  { modelId, runId, createdAt }: ModelNames,
): OnnxFiles["files"] {
  const { bytes, inputs, outputs } = exportWhole(network);
  const mlmodel = {
    model_id: modelId,
    model_uuid: modelId,
    ...(runId !== undefined && { run_id: runId }),
    utc_time_created: new Date(createdAt).toISOString().replace("T", " ").replace("Z", "000"),
    flavors: {
      onnx: { data: graphFile, providers: ["CPUExecutionProvider"], onnx_session_options: null },
      python_function: {
        loader_module: "mlflow.onnx",
        data: graphFile,
        env: { virtualenv: "python_env.yaml" },
        python_version: "3.11",
      },
    },
    signature: {
      inputs: JSON.stringify(inputs.map(toSpec)),
      outputs: JSON.stringify(outputs.map(toSpec)),
      params: null,
    },
  };
  return {
    ...files,
    [graphFile]: bytes,
    "requirements.txt": `${requirements.join("\n")}\n`,
    "python_env.yaml": pythonEnvironment,
    // The last one: with it the folder is a model.
    MLmodel: `${JSON.stringify(mlmodel, null, 1)}\n`,
  };
}
