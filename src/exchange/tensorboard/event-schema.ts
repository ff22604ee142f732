import protobuf from "protobufjs/light.js";

const one = (type: string, id: number) => ({ type, id });
const many = (type: string, id: number) => ({ type, id, rule: "repeated" });

/**
 * The messages and fields of TensorBoard's event.proto, summary.proto, tensor.proto and hparams/plugin_data.proto that Recurve
 * writes, by their numbers there.
 */
const descriptor = {
  nested: {
    Event: {
      fields: {
        wallTime: one("double", 1),
        step: one("int64", 2),
        fileVersion: one("string", 3),
        summary: one("Summary", 5),
      },
    },
    Summary: { fields: { value: many("Value", 1) } },
    // A field of a oneof is written at 0 too.
    Value: {
      oneofs: { value: { oneof: ["simpleValue", "histo", "tensor"] } },
      fields: {
        tag: one("string", 1),
        simpleValue: one("float", 2),
        histo: one("HistogramProto", 5),
        tensor: one("TensorProto", 8),
        metadata: one("SummaryMetadata", 9),
      },
    },
    HistogramProto: {
      fields: {
        min: one("double", 1),
        max: one("double", 2),
        num: one("double", 3),
        sum: one("double", 4),
        sumSquares: one("double", 5),
        bucketLimit: many("double", 6),
        bucket: many("double", 7),
      },
    },
    TensorProto: {
      fields: {
        dtype: one("int32", 1),
        tensorShape: one("TensorShapeProto", 2),
        stringVal: many("bytes", 8),
      },
    },
    TensorShapeProto: { fields: { dim: many("Dim", 2) } },
    Dim: { fields: { size: one("int64", 1) } },
    SummaryMetadata: { fields: { pluginData: one("PluginData", 1) } },
    PluginData: { fields: { pluginName: one("string", 1), content: one("bytes", 2) } },
    HParamsPluginData: {
      fields: { version: one("int32", 1), sessionStartInfo: one("SessionStartInfo", 3) },
    },
    SessionStartInfo: {
      fields: {
        hparams: { keyType: "string", type: "HParam", id: 1 },
        groupName: one("string", 4),
        startTimeSecs: one("double", 5),
      },
    },
    // google.protobuf.Value
    HParam: {
      oneofs: { kind: { oneof: ["numberValue"] } },
      fields: { numberValue: one("double", 2) },
    },
  },
};

const root = protobuf.Root.fromJSON(descriptor);

/** DataType.DT_STRING of types.proto. */
export const stringType = 7;
export const eventProto: protobuf.Type = root.lookupType("Event");
export const hparamsProto: protobuf.Type = root.lookupType("HParamsPluginData");
