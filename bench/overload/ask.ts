import { type Agent, request } from "node:http";

/** An answer, or none: then the status is 0. */
export interface Answer {
  readonly status: number;
  readonly text: string;
}

/** Sends one request, with a body of JSON if there is one. */
export const ask = (
  url: string,
  { agent, body }: { readonly agent: Agent | false; readonly body?: unknown },
): Promise<Answer> =>
  new Promise((resolve) => {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const headers = text && {
      "content-type": "application/json",
      "content-length": Buffer.byteLength(text),
    };
    const sent = request(
      url,
      { agent, method: text ? "POST" : "GET", ...(headers && { headers }) },
      (response) => {
        const parts: string[] = [];
        response
          .setEncoding("utf8")
          .on("data", (part: string) => parts.push(part))
          .on("end", () => resolve({ status: response.statusCode ?? 0, text: parts.join("") }))
          .on("error", () => resolve({ status: 0, text: "" }));
      },
    );
    sent.on("error", () => resolve({ status: 0, text: "" })).end(text);
  });
