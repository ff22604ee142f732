import { expect, test } from "vitest";
import { adsScenario } from "../../../tests/support/ads.ts";
import { openTestServer, type TestServer, testApi } from "../../../tests/support/server.ts";
import { shopConfiguration } from "../../../tests/support/shop.ts";

const url = "/api/v1/campaigns";
const configuration = shopConfiguration({ scenario: adsScenario });
const spring = { scenario: "shop", pays: "click", bid: 0.4 };

async function arrange({ send }: TestServer): Promise<void> {
  await send("PUT", `${url}/spring`, { ...spring, endsAt: "2026-04-01T00:00:00Z" });
}

const countCampaigns = (expected: number) => async (server: TestServer) => {
  expect(await server.store.campaigns.count()).toBe(expected);
};

const refused = (name: string, fields: object, problem: string) => ({
  name,
  method: "POST",
  url,
  body: {
    campaigns: [
      { campaignId: "fine", ...spring },
      { campaignId: "bad", ...spring, ...fields },
    ],
  },
  status: 400,
  contains: ['"code":"invalid_request"', problem],
  after: countCampaigns(1),
});

testApi(
  [
    {
      name: "a campaign is created",
      method: "PUT",
      url: `${url}/summer`,
      body: { ...spring, budget: { day: 5, total: 50 }, frequencyCap: { showings: 2, hours: 24 } },
      status: 200,
      contains: ['{"created":1,"updated":0,"unchanged":0}'],
      after: countCampaigns(2),
    },
    {
      name: "a campaign is read as it was written",
      method: "GET",
      url: `${url}/spring`,
      status: 200,
      contains: ['"campaignId":"spring"', '"endsAt":"2026-04-01T00:00:00.000Z"'],
      lacks: ["sequence"],
    },
    {
      name: "an unknown campaign is not found",
      method: "GET",
      url: `${url}/autumn`,
      status: 404,
      contains: ['"code":"not_found"', "PUT /api/v1/campaigns/autumn"],
    },
    {
      name: "a deleted campaign is gone",
      method: "DELETE",
      url: `${url}/spring`,
      status: 204,
      after: countCampaigns(0),
    },
    {
      name: "campaigns are listed",
      method: "GET",
      url: `${url}?limit=1`,
      status: 200,
      contains: ['"campaignId":"spring"'],
    },
    refused("a bid of 0", { bid: 0 }, "campaigns[1].bid"),
    refused("a bid that is no number", { bid: null }, "campaigns[1].bid"),
    refused("a bid of 1e12", { bid: 1e12 }, "campaigns[1].bid"),
    refused("a bid above the rewards", { bid: 5.5 }, "rewards of scenario 'shop' reach to 5"),
    refused("a negative budget", { budget: { day: -1 } }, "campaigns[1].budget.day"),
    refused("a cap of 0", { frequencyCap: { showings: 0, hours: 1 } }, "frequencyCap.showings"),
    refused(
      "an end before its start",
      {
        startsAt: "2026-05-02T00:00:00Z",
        endsAt: "2026-05-01T00:00:00Z",
      },
      "choose a time after startsAt",
    ),
    refused("a scenario without ads", { scenario: "other" }, "choose one of shop"),
    refused(
      "an outcome that is not sold",
      { pays: "view" },
      "choose one of click, buy, impression",
    ),
    {
      name: "a campaign that has ended is written, and takes no part",
      method: "PUT",
      url: `${url}/past`,
      body: { ...spring, endsAt: "2020-01-01T00:00:00Z" },
      status: 200,
      after: async ({ send }) => {
        const report = await send("GET", "/api/v1/campaign-report");
        expect(await report.json()).toMatchObject({
          scenario: "shop",
          campaigns: [{ campaignId: "past", status: "ended" }, { campaignId: "spring" }],
        });
      },
    },
    {
      name: "a report of an unknown scenario is refused",
      method: "GET",
      url: "/api/v1/campaign-report?scenario=none",
      status: 422,
      contains: ['"code":"unknown_scenario"'],
    },
  ],
  arrange,
  { configuration },
);

test("the report counts impressions, spend, outcomes, win rate and exploration", async () => {
  const { send } = await openTestServer({ configuration });
  for (const id of ["spring", "house"])
    await send("PUT", `${url}/${id}`, { ...spring, budget: { day: 10 } });
  for (const id of ["spring", "house"])
    await send("PUT", `/api/v1/items/ad-${id}`, { attributes: { campaign: id } });
  for (let turn = 0; turn < 4; turn++) {
    const candidates = [{ itemId: turn < 3 ? "ad-spring" : "ad-house" }];
    const body = { userId: "ada", slateSize: 1, candidates };
    const answer = await send("POST", "/api/v1/recommend", body);
    const { decisionId } = (await answer.json()) as { decisionId: string };
    const click = { type: "click", userId: "ada", itemId: "ad-spring", decisionId };
    if (turn < 2) await send("POST", "/api/v1/events", { events: [click] });
  }
  const { campaigns } = (await (await send("GET", "/api/v1/campaign-report")).json()) as {
    campaigns: object[];
  };
  expect(campaigns).toMatchObject([
    { campaignId: "house", impressions: 1, spend: 0, reserved: 0.4, outcomes: {}, winRate: 0.25 },
    {
      campaignId: "spring",
      status: "running",
      impressions: 3,
      spend: 0.8,
      outcomes: { click: 2 },
      winRate: 0.75,
      pacing: { factor: 1, spend: 0.8 },
      explored: { impressions: 0, spend: 0, share: 0 },
    },
  ]);
});
