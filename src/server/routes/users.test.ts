import { expect } from "vitest";
import { type TestServer, testApi } from "../../../tests/support/server.ts";

const url = "/api/v1/users";

async function arrange({ send }: TestServer): Promise<void> {
  const users = [{ userId: "ada", attributes: { country: "SE" } }, { userId: "bob" }];
  await send("POST", url, { users });
}

const countUsers = (expected: number) => async (server: TestServer) => {
  expect(await server.store.users.count()).toBe(expected);
};

testApi(
  [
    {
      name: "a new user is created",
      method: "PUT",
      url: `${url}/cyd`,
      body: {},
      status: 200,
      contains: ['{"created":1,"updated":0,"unchanged":0}'],
      after: countUsers(3),
    },
    {
      name: "a user is read without the store's event number",
      method: "GET",
      url: `${url}/ada`,
      status: 200,
      contains: ['{"userId":"ada","attributes":{"country":"SE"}}'],
    },
    {
      name: "a user who isn't there is not found",
      method: "GET",
      url: `${url}/eve`,
      status: 404,
      contains: ['"code":"not_found"', "PUT /api/v1/users/eve"],
    },
    {
      name: "an erased user is gone, and the answer is a receipt that doesn't name them",
      method: "DELETE",
      url: `${url}/ada`,
      status: 200,
      contains: ['"kind":"erasure"', '"users":1'],
      lacks: ['"ada"'],
      after: countUsers(1),
    },
    {
      name: "the receipt of a user who isn't there is of no rows",
      method: "DELETE",
      url: `${url}/eve`,
      status: 200,
      contains: ['"users":0', '"policies":{}'],
    },
    {
      name: "an erasure with a query that no schema reads erases nobody",
      method: "DELETE",
      url: `${url}/ada?dryRun=true`,
      status: 400,
      contains: ['"code":"invalid_request"', "query field dryRun is unknown"],
      after: countUsers(2),
    },
    {
      name: "a batch with one bad user writes none",
      method: "POST",
      url,
      body: { users: [{ userId: "cyd" }, { userId: "dan", attributes: 1 }] },
      status: 400,
      contains: ["body field users[1].attributes is 1: send an object"],
      after: countUsers(2),
    },
    {
      name: "users are listed page by page",
      method: "GET",
      url: `${url}?limit=1`,
      status: 200,
      contains: ['"userId":"ada"', '"next":"ada"'],
      lacks: ["bob"],
    },
    {
      name: "an unknown field of a user is refused and named",
      method: "PUT",
      url: `${url}/ada`,
      body: { atributes: {} },
      status: 400,
      contains: ["body field atributes is unknown"],
    },
  ],
  arrange,
);
