import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { createMlflowClient } from "./mlflow-client.ts";

async function serve(answer: RequestListener) {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const clientOf = (uri: string, authorization?: string) =>
  createMlflowClient(
    { uri, prefix: "recurve", ...(authorization && { authorization }) },
    new AbortController().signal,
  );

test("a server that is away is named, with the remedy", async () => {
  await expect(
    clientOf("http://127.0.0.1:1").send("POST", "runs/search", {}),
  ).rejects.toMatchObject({
    code: "tracking_failed",
    message: expect.stringMatching(/^http:\/\/127\.0\.0\.1:1 can't be reached: .*; start it with/),
    details: { url: "http://127.0.0.1:1/api/2.0/mlflow/runs/search" },
  });
});

test("a refusal has the server's reason, and its status", async () => {
  const url = await serve((request, response) => {
    if (request.headers.authorization === "Bearer t") response.writeHead(500).end("<html>broken");
    else response.writeHead(401).end(JSON.stringify({ message: "who are you?" }));
  });
  await expect(clientOf(url).send("POST", "runs/search", {})).rejects.toMatchObject({
    message: expect.stringMatching(/status 401: who are you\?; set MLFLOW_TRACKING_USERNAME/),
    details: { status: 401 },
  });
  await expect(clientOf(url, "Bearer t").find("experiments/get", {})).rejects.toMatchObject({
    message: expect.stringMatching(/status 500: <html>broken$/),
  });
});

test("only MLflow's own word means that a thing is not there", async () => {
  const url = await serve((request, response) => {
    const isKnown = request.url?.includes("experiments/get?");
    response.writeHead(404).end(isKnown ? '{"error_code":"RESOURCE_DOES_NOT_EXIST"}' : "no page");
  });
  expect(await clientOf(url).find("experiments/get", { name: "a b" })).toBeUndefined();
  await expect(clientOf(url).find("other", {})).rejects.toMatchObject({
    message: expect.stringMatching(/status 404: no page; check that tracking\.uri is the address/),
    details: { status: 404 },
  });
});

test("a page that is no JSON is no MLflow", async () => {
  const url = await serve((_, response) => void response.end("<html>shop</html>"));
  await expect(clientOf(url).find("experiments/get", {})).rejects.toMatchObject({
    code: "tracking_failed",
    message: expect.stringMatching(/is no page of MLflow's API; correct tracking\.uri$/),
  });
});

test("artefacts go through the server, or are refused if it keeps them elsewhere", async () => {
  const paths: string[] = [];
  const url = await serve((request, response) => {
    expect(request.headers.connection).toBe("close");
    paths.push(`${request.method} ${request.url}`);
    response.end("{}");
  });
  await clientOf(url).upload("mlflow-artifacts:/1/a/artifacts", "gate 1.json", "{}");
  await clientOf(url).upload("mlflow-artifacts://host:9/1/b", "x.onnx", new Uint8Array(3));
  expect(paths).toEqual([
    "PUT /api/2.0/mlflow-artifacts/artifacts/1/a/artifacts/gate%201.json",
    "PUT /api/2.0/mlflow-artifacts/artifacts/1/b/x.onnx",
  ]);
  await expect(clientOf(url).upload("s3://bucket/1", "x", "")).rejects.toMatchObject({
    code: "tracking_failed",
    message: expect.stringMatching(/keeps artefacts at s3:\/\/bucket\/1.*--serve-artifacts/),
  });
});
