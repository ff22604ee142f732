import { useCallback, useEffect, useRef, useState } from "react";
import type { RecurveClient } from "../../src/sdk/client.ts";
import { type LoopData, loadLoop, type View } from "./load-loop.ts";
import { type Trouble, troubleOf } from "./trouble.ts";

/** Between two looks at the server. */
export const pollMs = 2000;

export interface LoopState {
  /** The last answer, kept while the server does not answer. */
  readonly data?: LoopData;
  readonly trouble?: Trouble;
  /** The moment of the newest poll, in milliseconds since 1970: relative times refer to it. */
  readonly now: number;
}

/** Looks at the loop every two seconds while the page is visible. */
export function useLoop(client: RecurveClient, view: View): LoopState & { refresh: () => void } {
  const [state, setState] = useState<LoopState>(() => ({ now: Date.now() }));
  const [round, setRound] = useState(0);
  const previous = useRef<LoopData>(undefined);
  const { scenario, rangeSeconds } = view;

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new round polls at once.
  useEffect(() => {
    let isCurrent = true;
    let timer: ReturnType<typeof setTimeout>;
    const look = async () => {
      const data = await loadLoop(client, { scenario, rangeSeconds }, previous.current, Date.now());
      if (!isCurrent) return;
      previous.current = data;
      setState({ data, now: Date.now() });
    };
    const fail = (error: unknown) => {
      if (!isCurrent) return;
      const now = Date.now();
      setState(({ data, trouble }) => ({
        ...(data && { data }),
        trouble: troubleOf(error, trouble, now),
        now,
      }));
    };
    const poll = async () => {
      if (!(document.hidden && previous.current)) await look().catch(fail);
      if (isCurrent) timer = setTimeout(() => void poll(), pollMs);
    };
    void poll();
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [client, scenario, rangeSeconds, round]);

  return { ...state, refresh: useCallback(() => setRound((count) => count + 1), []) };
}
