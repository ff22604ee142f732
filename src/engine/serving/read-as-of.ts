import type { Candidate, OfferLimits } from "../../domain/decision.ts";
import type { UserId } from "../../domain/ids.ts";
import type { JsonObject } from "../../domain/json.ts";
import type { Assignment } from "../../domain/policy-snapshot.ts";
import type { Scenario, ServingRule } from "../../domain/scenario.ts";
import type { PolicyState } from "../../policy/policy.ts";
import type { Store } from "../../storage/store.ts";
import { type Auction, readAuction } from "../campaigns/auction.ts";
import { visibleRecord } from "../privacy/visible-record.ts";
import { joinRules } from "../rules/offer-rules.ts";
import { type RuledGroups, readRuledGroups } from "../rules/read-groups.ts";
import { readLeftOut } from "../rules/read-left-out.ts";
import { readSocial, type Social } from "../social/read-social.ts";
import { answerFromHistory } from "../state/answer-from-history.ts";
import type { Catalogue } from "../state/catalogue.ts";
import { createState, readUser } from "../state/read-state.ts";
import { eligible } from "./candidates.ts";
import type { OfferedItems } from "./offered-items.ts";

/** The user of a request, and what it offers. */
interface AskedFor {
  readonly userId: UserId;
  readonly candidates?: readonly Candidate[];
  readonly context?: JsonObject;
}

/** A request with the rules and the time by which it is decided. */
interface Asked {
  readonly scenario: Scenario;
  readonly servingRule: ServingRule;
  readonly offer: OfferLimits | undefined;
  readonly now: number;
}

/** Everything that a choice depends on, as of an event number. */
interface ReadRequest {
  readonly asOf: number;
  readonly assignment: Assignment;
  readonly offered: OfferedItems;
  readonly state: PolicyState;
  /** Undefined of one who refuses personalisation. */
  readonly known: UserId | undefined;
  readonly social: Social | undefined;
  readonly groups: RuledGroups;
  /** Of a scenario with ads. */
  readonly auction: Auction | undefined;
}

/**
 * Assignment, and rows of the user and the catalogue, all as of one event number. Another request can move the catalogue on while the
 * rows are read; then they are read again.
 */
export async function readAsOf(
  { store, catalogue }: { readonly store: Store; readonly catalogue: Catalogue },
  { userId, candidates, context = {} }: AskedFor,
  { scenario, servingRule, offer, now }: Asked,
): Promise<ReadRequest> {
  const rules = joinRules(scenario, offer, now);
  if (scenario.ads) await store.campaigns.settle(scenario.name, now);
  for (;;) {
    const asOf = await store.sequence();
    await catalogue.refresh(asOf);
    const { seen: visible, isStranger } = await visibleRecord(store, { userId, asOf, servingRule });
    const user = await readUser(visible, userId, asOf);
    const seen = answerFromHistory(visible, { userId, asOf, history: user.history });
    const visit = { userId, scenario: scenario.name, asOf, now };
    const leftOut = await readLeftOut(seen, scenario, visit);
    const auction = await readAuction(seen, scenario, visit);
    const social = await readSocial(seen, scenario.social, visit);
    const groups = await readRuledGroups(seen, scenario, { ...visit, catalogue });
    if (catalogue.sequence > asOf) continue;
    const assignment = await store.policies.assignment(scenario.name, asOf);
    const hidden = { leftOut, groups: groups.leftOut };
    const offered = eligible({ candidates, catalogue, rules, ...hidden, auction });
    const state = createState({ user, catalogue, scenario, context });
    const known = isStranger ? undefined : userId;
    return { asOf, assignment, offered, state, known, social, groups, auction };
  }
}
