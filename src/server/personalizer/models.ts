import { EngineError } from "../../domain/errors.ts";
import { personalizerError } from "./errors.ts";
import type { AddPersonalizerRoute, PersonalizerParts } from "./personalizer-routes.ts";

const isUnreadable = (error: unknown): error is EngineError =>
  error instanceof EngineError &&
  (error.code === "corrupt_snapshot" || error.code === "unsupported_snapshot_version");

const refuse = (message: string) => personalizerError("InvalidApiAccess", message);

export function addModels(route: AddPersonalizerRoute, { ranks }: PersonalizerParts): void {
  const { models } = ranks;
  route("GET", "/model", async (context) => {
    if (context.req.query("signed") === "true") {
      const message = "signed is true: there are no signed models; leave it out";
      throw personalizerError("InvalidRequest", message);
    }
    const { bytes } = await models.export(context.get("keyName"));
    context.header("content-type", "application/octet-stream");
    return context.body(new Uint8Array(bytes));
  });
  route("PUT", "/model", async (context) => {
    const bytes = new Uint8Array(await context.req.arrayBuffer());
    try {
      await models.replace(bytes, context.get("keyName"));
    } catch (error) {
      if (!isUnreadable(error)) throw error;
      const message = `the body is no model of Recurve: ${error.message}; send the bytes that GET /model gave`;
      throw personalizerError("InvalidModelImportFormat", message);
    }
    return context.body(null, 204);
  });
  route("DELETE", "/model", async (context) => {
    await models.reset(context.get("keyName"));
    return context.body(null, 204);
  });
  route("GET", "/model/properties", async (context) => {
    const { policy } = await models.read();
    const time = new Date(policy.createdAt).toISOString();
    return context.json({ creationTime: time, lastModifiedTime: time });
  });
}

export function addLogs(route: AddPersonalizerRoute, { ranks }: PersonalizerParts): void {
  route("GET", "/logs/properties", async (context) => {
    const range = await ranks.dateRange();
    if (range === undefined)
      throw personalizerError("LogsPropertiesNotFound", "nothing was ranked yet", "not_found");
    const { from, to } = range;
    const dateRange = { from: new Date(from).toISOString(), to: new Date(to).toISOString() };
    return context.json({ dateRange });
  });
  route("DELETE", "/logs", async () => {
    throw refuse(
      "the record is kept whole: decisions can't be deleted; start with another database",
    );
  });
  for (const path of ["/logs/interactions", "/logs/observations"])
    route("POST", path, async () => {
      throw refuse("FlatBuffers of a local ranker are not read; use /rank and /events");
    });
}
