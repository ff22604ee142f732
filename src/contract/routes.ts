/**
 * The routes of the HTTP wire of `/api/v1`. The other files here hold its types, a resource a file. Times are ISO 8601: of answers in UTC, of requests with any offset.
 * `src/server` holds the schemas that parse it, and a test there holds the two together.
 */
export const routes = {
  recommend: "/api/v1/recommend",
  recommendBatch: "/api/v1/recommend/batch",
  events: "/api/v1/events",
  items: "/api/v1/items",
  users: "/api/v1/users",
  campaigns: "/api/v1/campaigns",
  campaignReport: "/api/v1/campaign-report",
  edges: "/api/v1/edges",
  policies: "/api/v1/policies",
  rollBack: "/api/v1/policies/roll-back",
  interventions: "/api/v1/interventions",
  cycles: "/api/v1/cycles",
  decisions: "/api/v1/decisions",
  rewardSeries: "/api/v1/reward-series",
  activity: "/api/v1/activity",
  scenarios: "/api/v1/scenarios",
  health: "/health",
  ready: "/ready",
  metrics: "/metrics",
  openApi: "/openapi.json",
} as const;
