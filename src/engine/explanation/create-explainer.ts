import { routes } from "../../contract/routes.ts";
import { EngineError } from "../../domain/errors.ts";
import type { Explanation } from "../../domain/explanation.ts";
import { decisionId } from "../../domain/ids.ts";
import type { Store } from "../../storage/store.ts";
import { createLogitDeriver, type LogitDeriver } from "../audit/derive-logits.ts";
import type { Configuration } from "../configuration/configuration.ts";
import { explainDecision } from "./explain-decision.ts";

/** Explanations that wait at a time: one takes up to some seconds. */
const mostWaiting = 10;

/** Explains decisions one after the other, since their catalogues are as of different moments. */
export interface Explainer {
  /** @throws not_found, overloaded, and as `explainDecision` */
  explain(decisionId: string): Promise<Explanation>;
  close(): Promise<void>;
}

export function missingDecision(id: string): EngineError {
  const message = `no decision '${id}'; take the decisionId from the answer of POST ${routes.recommend}`;
  return new EngineError("not_found", message, { details: { decisionId: id } });
}

function refuseWaiting(): EngineError {
  const message = `${mostWaiting} explanations are waiting; send this one again in some seconds`;
  return new EngineError("overloaded", message, { details: { waiting: mostWaiting } });
}

/** The catalogue is read when the first explanation is asked for, and followed from there. */
export function createExplainer(store: Store, configuration: Configuration): Explainer {
  let deriver: LogitDeriver | undefined;
  let last: Promise<unknown> = Promise.resolve();
  let waiting = 0;
  const explainOne = async (id: string) => {
    const feedback = await store.decisions.find(decisionId(id));
    if (feedback === undefined) throw missingDecision(id);
    deriver ??= createLogitDeriver(store, configuration);
    return explainDecision({ store, deriver }, feedback.decision);
  };
  return {
    explain: async (id) => {
      if (waiting >= mostWaiting) throw refuseWaiting();
      waiting++;
      const mine = last.then(() => explainOne(id)).finally(() => waiting--);
      last = mine.catch(() => {});
      return mine;
    },
    close: async () => {
      await last;
      await deriver?.close();
    },
  };
}
