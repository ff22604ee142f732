import { expect, onTestFinished, test, vi } from "vitest";
import { ApiError, createClient } from "./client.ts";

const fetch = async () => new Response("{}");

function refusal(options: object): ApiError {
  try {
    createClient(options as { baseUrl: string });
  } catch (error) {
    return error as ApiError;
  }
  return expect.fail("expected a refusal");
}

test.each([
  [undefined, "nothing"],
  [null, "null"],
  [7400, "7400"],
  ["nope", '"nope"'],
  ["localhost:7400", '"localhost:7400"'],
  ["ftp://host", '"ftp://host"'],
  ["http://", '"http://"'],
  ["http://host/?x=1", '"http://host/?x=1"'],
  ["http://host#x", '"http://host#x"'],
  ["/recurve?x=1", '"/recurve?x=1"'],
])("the baseUrl %j is refused before any request", (baseUrl, told) => {
  for (const options of [{ baseUrl }, { baseUrl, fetch }]) {
    const error = refusal(options);
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({
      code: "invalid_base_url",
      message: `baseUrl must be the URL of the server without query and fragment, such as "http://127.0.0.1:7400", got ${told}`,
      details: { field: "baseUrl" },
      retryable: false,
    });
  }
});

test.each(["", "/recurve"])(
  "the address '%s' without a host is taken, and a request needs a page or a fetch that knows the host",
  async (baseUrl) => {
    const client = createClient({ baseUrl });
    vi.stubGlobal("fetch", fetch);
    onTestFinished(() => void vi.unstubAllGlobals());
    await expect(client.getHealth()).rejects.toMatchObject({
      code: "invalid_base_url",
      message: `baseUrl must be the URL of the server with its host where there is no page, such as "http://127.0.0.1:7400", got "${baseUrl}"`,
      retryable: false,
    });
    expect(await createClient({ baseUrl, fetch }).getHealth()).toEqual({});
    vi.stubGlobal("location", { href: "http://host/" });
    expect(await client.getHealth()).toEqual({});
  },
);

test.each(["http://host", "https://host:7400/under/", "HTTP://HOST"])(
  "%s is taken",
  async (baseUrl) => {
    expect(await createClient({ baseUrl, fetch }).getHealth()).toEqual({});
  },
);
