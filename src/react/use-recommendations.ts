import { useCallback, useEffect, useState } from "react";
import type { EventBody } from "../contract/events.ts";
import type { RecommendRequest, RecommendResponse, SlateEntry } from "../contract/recommend.ts";
import type { ApiError, RecurveClient } from "../sdk/client.ts";

/** Options of `useRecommendations`. */
export interface RecommendationsOptions {
  /** Slate of the same request that the server of the page has drawn already: it is shown, and no other one is drawn. A deferred one is activated. */
  readonly initial?: RecommendResponse;
}

/** A slate in a component: what it shows, and how it says what the user did. */
export interface Recommendations {
  /** Items in the order of their positions; empty until the first answer, and after a failure. */
  readonly slate: readonly SlateEntry[];
  readonly decisionId?: string;
  readonly status: "waiting" | "ready" | "failed";
  /** Of the failed request, or of the activation of the slate that is shown: an `ApiError`, or the error of the client's own `fetch`. */
  readonly error?: Error;
  /** Asks for another slate of the same request. The one that is shown stays until the answer. */
  refresh(): void;
  /**
   * Records what the user did with an item, as an event of the decision that is shown.
   * @param fields of the event, such as `value` or `eventId`
   * @throws ApiError as a rejection, if the server refuses the event or can't be reached
   */
  record(type: string, itemId: string, fields?: Partial<EventBody>): Promise<void>;
}

interface Answer {
  /** The request that it answers, as text, and how many others were asked for before. */
  readonly key: string;
  readonly turn: number;
  readonly response?: RecommendResponse;
  /** Of the request, or of the activation of its response. */
  readonly error?: Error;
  /** It was drawn in the place of a slate that was activated too late. */
  readonly isReplacement?: boolean;
}

/** Its slate can't count any more, and another one is drawn. Only once, so that no failure that lasts draws slates without end. */
function isTooLate({ response, error, isReplacement }: Answer): boolean {
  const { code = "" } = (error ?? {}) as Partial<ApiError>;
  return response !== undefined && !isReplacement && ["not_found", "conflict"].includes(code);
}

/** A deferred slate that is shown counts from then on. A failure is reported once, in strict mode too. */
function useActivation(
  client: RecurveClient,
  { deferred, decisionId }: Partial<RecommendResponse> = {},
  fail: (decisionId: string, error: Error) => void,
): void {
  const id = deferred && decisionId;
  useEffect(() => {
    if (!id) return undefined;
    let isCurrent = true;
    client.activateDecision(id).catch((error: Error) => {
      if (isCurrent) fail(id, error);
    });
    return () => {
      isCurrent = false;
    };
  }, [client, id, fail]);
}

/**
 * The slate of a request in a React component. Another request, by its content, draws another slate. Each answer is a decision in
 * the record, so a component draws none that it does not show: not for a render that React throws away, nor twice in strict mode.
 *
 * @param request must not change while its slate is on its way: an answer to an earlier request is not shown, but recorded
 *
 *     function ForYou({ userId }: { userId: string }) {
 *       const { slate, record } = useRecommendations(recurve, { userId, slateSize: 3 });
 *       return slate.map(({ itemId }) => <Card key={itemId} onClick={() => record("click", itemId)} />);
 *     }
 */
export function useRecommendations(
  client: RecurveClient,
  request: RecommendRequest,
  { initial }: RecommendationsOptions = {},
): Recommendations {
  const key = JSON.stringify(request);
  const [turn, setTurn] = useState(0);
  const [answer, setAnswer] = useState<Answer | undefined>(
    initial && { key, turn, response: initial },
  );
  const shown = answer?.key === key ? answer : undefined;
  const isReplacement = shown !== undefined && isTooLate(shown);
  const isAnswered = shown?.turn === turn && !isReplacement;

  useEffect(() => {
    if (isAnswered) return undefined;
    let isCurrent = true;
    const settle = (settled: Pick<Answer, "response" | "error">) => {
      if (isCurrent) setAnswer({ key, turn, isReplacement, ...settled });
    };
    // Strict mode takes an effect back at once: no decision is drawn for that.
    const timer = setTimeout(() => {
      client.recommend(JSON.parse(key) as RecommendRequest).then(
        (response) => settle({ response }),
        (error: Error) => settle({ error }),
      );
    });
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [client, key, turn, isAnswered, isReplacement]);

  const refresh = useCallback(() => setTurn((before) => before + 1), []);
  const { userId } = request;
  const decisionId = shown?.response?.decisionId;
  const fail = useCallback((id: string, error: Error) => {
    setAnswer((before) => (before?.response?.decisionId === id ? { ...before, error } : before));
  }, []);
  useActivation(client, shown?.response, fail);

  const record = useCallback(
    async (type: string, itemId: string, fields: Partial<EventBody> = {}) => {
      const event = { ...fields, type, userId, itemId };
      await client.sendEvents([decisionId === undefined ? event : { ...event, decisionId }]);
    },
    [client, userId, decisionId],
  );
  return {
    slate: shown?.response?.slate ?? [],
    status: isAnswered ? (shown.response ? "ready" : "failed") : "waiting",
    ...(decisionId !== undefined && { decisionId }),
    ...(shown?.error && !isReplacement && { error: shown.error }),
    refresh,
    record,
  };
}
