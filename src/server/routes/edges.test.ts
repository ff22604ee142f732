import { expect } from "vitest";
import { type TestServer, testApi } from "../../../tests/support/server.ts";
import { userId } from "../../domain/ids.ts";

const url = "/api/v1/edges";

async function arrange({ send }: TestServer): Promise<void> {
  await send("POST", "/api/v1/users", { users: [{ userId: "ada" }, { userId: "bob" }] });
  await send("POST", url, { edges: [{ userId: "ada", type: "friend", to: "bob" }] });
}

const edgesOf = (user: string, expected: readonly string[]) => async (server: TestServer) => {
  const found = await server.store.edges.of(userId(user), { limit: 9 });
  expect(found.map(({ type, to }) => `${type} ${to}`)).toEqual(expected);
};

const post = { method: "POST", url };

testApi(
  [
    {
      ...post,
      name: "a user follows an author who has no item yet",
      body: { edges: [{ userId: "ada", type: "follow", to: "eve" }] },
      status: 200,
      contains: ['{"created":1,"updated":0,"unchanged":0}'],
      after: edgesOf("ada", ["follow eve", "friend bob"]),
    },
    {
      ...post,
      name: "a duplicate is unchanged, also from the friend's side",
      body: { edges: [{ userId: "bob", type: "friend", to: "ada" }] },
      status: 200,
      contains: ['{"created":0,"updated":0,"unchanged":1}'],
      after: edgesOf("bob", ["friend ada"]),
    },
    {
      ...post,
      name: "users may follow each other in a circle",
      body: {
        edges: [
          { userId: "ada", type: "follow", to: "bob" },
          { userId: "bob", type: "follow", to: "ada" },
        ],
      },
      status: 200,
      contains: ['"created":2'],
    },
    {
      ...post,
      name: "an edge to oneself is refused, and those beside it are not written",
      body: {
        edges: [
          { userId: "ada", type: "follow", to: "eve" },
          { userId: "ada", type: "follow", to: "ada" },
        ],
      },
      status: 400,
      contains: ["edges[1].to", "must not be the user's own id; name another user or author"],
      after: edgesOf("ada", ["friend bob"]),
    },
    {
      ...post,
      name: "a friend who is unknown is named with the remedy",
      body: {
        edges: [
          { userId: "ada", type: "follow", to: "eve" },
          { userId: "ada", type: "friend", to: "cyd" },
        ],
      },
      status: 422,
      contains: ['"code":"unknown_user"', "edges[1].to is 'cyd'", "PUT /api/v1/users"],
      after: edgesOf("ada", ["friend bob"]),
    },
    {
      ...post,
      name: "an edge of an unknown user is refused",
      body: { edges: [{ userId: "cyd", type: "follow", to: "eve" }] },
      status: 422,
      contains: ["edges[0].userId is 'cyd'"],
    },
    {
      ...post,
      name: "another type is refused with the two that there are",
      body: { edges: [{ userId: "ada", type: "likes", to: "bob" }] },
      status: 400,
      contains: ["send follow or friend"],
    },
    {
      name: "edges are listed, newest first",
      method: "GET",
      url: `${url}/ada`,
      status: 200,
      contains: ['{"edges":[{"userId":"ada","type":"friend","to":"bob"}]}'],
    },
    {
      name: "a user without edges has an empty list",
      method: "GET",
      url: `${url}/eve?limit=5`,
      status: 200,
      contains: ['{"edges":[]}'],
    },
    {
      name: "an edge is ended",
      method: "DELETE",
      url: `${url}/bob/friend/ada`,
      status: 204,
      after: edgesOf("ada", []),
    },
    {
      name: "an edge that does not hold can't be ended",
      method: "DELETE",
      url: `${url}/ada/follow/bob`,
      status: 404,
      contains: ["no follow of 'ada' leads to 'bob'"],
    },
  ],
  arrange,
);
