import { createRoute, z } from "@hono/zod-openapi";
import type {
  CampaignBody,
  CampaignFields,
  CampaignReportQuery,
  CampaignReportResponse,
  CampaignsRequest,
} from "../../contract/campaigns.ts";
import type { PageResponse } from "../../contract/page.ts";
import { routes } from "../../contract/routes.ts";
import type { Campaign } from "../../domain/campaign.ts";
import type { CampaignReport } from "../../domain/campaign-report.ts";
import { campaignStatuses } from "../../domain/campaign-report.ts";
import { name, optional, time } from "../../engine/input/fields.ts";
import type { CampaignInput } from "../../engine/input/input.ts";
import { batch } from "../../engine/input/schemas/batch.ts";
import { campaignFields } from "../../engine/input/schemas/campaigns.ts";
import type { App, RouteParts } from "../app.ts";
import { count, toTime, wire } from "../fields.ts";
import { answer, failures } from "../operation.ts";
import { addResource, type Resource } from "./catalogue.ts";

const times = { startsAt: optional(time), endsAt: optional(time) };
const campaignBody = wire<CampaignBody>()(
  z.strictObject({ campaignId: name, ...campaignFields, ...times }).openapi("Campaign"),
);

const example = {
  scenario: "ads",
  pays: "click",
  bid: 0.4,
  budget: { day: 50 },
  endsAt: "2026-04-01T00:00:00.000Z",
  frequencyCap: { showings: 3, hours: 24 },
};

const toInput = (
  campaignId: string,
  { startsAt, endsAt, ...fields }: CampaignFields,
): CampaignInput => ({
  campaignId,
  ...fields,
  ...(startsAt !== undefined && { startsAt: Date.parse(startsAt) }),
  ...(endsAt !== undefined && { endsAt: Date.parse(endsAt) }),
});

const campaigns: Resource<CampaignFields, CampaignInput, CampaignsRequest> = {
  kind: "campaign",
  path: routes.campaigns,
  descriptions: {
    put: "Replaces the whole campaign. It holds from the next decision on; items name it in their attribute `campaign`.",
    get: "The campaign as it was last written.",
    delete: "Its items are shown no more. Charges of earlier decisions stay.",
  },
  schemas: {
    fields: wire<CampaignFields>()(
      z.strictObject({ ...campaignFields, ...times }).openapi("CampaignFields"),
    ),
    batch: wire<CampaignsRequest>()(
      z
        .strictObject({ campaigns: batch(campaignBody).min(1, "must not be empty") })
        .openapi("CampaignsRequest"),
    ),
    body: campaignBody,
    page: wire<PageResponse<CampaignBody>>()(
      z.strictObject({ rows: z.array(campaignBody), next: optional(name) }).openapi("CampaignPage"),
    ),
  },
  example: {
    id: "spring",
    fields: example,
    batch: { campaigns: [{ campaignId: "spring", ...example }] },
    body: { campaignId: "spring", ...example },
  },
  toInput,
  toInputs: (sent) =>
    sent.campaigns.map(({ campaignId, ...fields }) => toInput(campaignId, fields)),
};

/** Without the event number, which is the store's own. */
const toBody = ({
  startsAt,
  endsAt,
  sequence: _,
  ...fields
}: Campaign & { readonly sequence?: number }): CampaignBody => ({
  ...fields,
  ...(startsAt !== undefined && { startsAt: toTime(startsAt) }),
  ...(endsAt !== undefined && { endsAt: toTime(endsAt) }),
});

const report = wire<CampaignReport>()(
  z
    .strictObject({
      campaignId: name,
      status: z.enum(campaignStatuses),
      pays: name,
      bid: z.number(),
      budget: campaignFields.budget,
      impressions: count,
      spend: z.number(),
      reserved: z.number(),
      outcomes: z.record(z.string(), count),
      winRate: optional(z.number()),
      pacing: optional(
        z.strictObject({
          factor: z.number(),
          spend: z.number(),
          planned: z.number(),
          lead: z.number(),
        }),
      ),
      explored: z.strictObject({
        impressions: z.number(),
        spend: z.number(),
        share: z.number(),
      }),
    })
    .openapi("CampaignReport"),
);
const reportQuery = z.strictObject({
  scenario: optional(name),
  from: optional(time),
  to: optional(time),
});
wire<CampaignReportQuery>()(reportQuery);

const reportRoute = createRoute({
  method: "get",
  path: routes.campaignReport,
  operationId: "getCampaignReport",
  tags: ["campaigns"],
  summary: "Impressions, spend and pacing by campaign",
  description:
    "Over the whole days, in UTC, of from and to. The win rate is the share of the scenario's decisions, while the campaign's budgets had room, that showed it. pacing is of the last day: lead is spend less plan, as a share of the day's budget. explored is the part that exploration drew.",
  request: { query: reportQuery },
  responses: {
    200: answer(
      "The campaigns, by id",
      wire<CampaignReportResponse>()(
        z.strictObject({ scenario: name, campaigns: z.array(report) }).openapi("CampaignReports"),
      ),
      {
        scenario: "ads",
        campaigns: [
          {
            campaignId: "spring",
            status: "running",
            pays: "click",
            bid: 0.4,
            budget: { day: 50 },
            impressions: 1200,
            spend: 24.4,
            reserved: 1.2,
            outcomes: { click: 61 },
            winRate: 0.21,
            pacing: { factor: 0.62, spend: 24.4, planned: 24.1, lead: 0.006 },
            explored: { impressions: 14.2, spend: 0.2, share: 0.012 },
          },
        ],
      },
    ),
    ...failures("unknown_scenario"),
  },
});

export function addCampaigns(app: App, { engine }: RouteParts): void {
  addResource(app, campaigns, {
    put: (inputs) => engine.putCampaigns(inputs),
    find: async (id) => {
      const campaign = await engine.findCampaign(id);
      return campaign && toBody(campaign);
    },
    delete: (id) => engine.deleteCampaign(id),
    list: async (query) => {
      const page = await engine.listCampaigns(query);
      return { ...page, rows: page.rows.map(toBody) };
    },
  });
  app.openapi(reportRoute, async (context) => {
    const { scenario, from, to } = context.req.valid("query");
    const first = engine.scenarios.find(({ ads }) => ads) ?? engine.scenarios[0];
    const reported = await engine.reportCampaigns({
      ...(scenario !== undefined && { scenario }),
      ...(from !== undefined && { from: Date.parse(from) }),
      ...(to !== undefined && { to: Date.parse(to) }),
    });
    return context.json({ scenario: scenario ?? first?.name ?? "", campaigns: reported }, 200);
  });
}
