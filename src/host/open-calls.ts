import { EngineError } from "../domain/errors.ts";
import type { Engine } from "../engine/engine.ts";

/** Calls under way. Once closed, it refuses further ones. */
export interface OpenCalls {
  /** @throws closed */
  run<T>(call: () => Promise<T>): Promise<T>;
  /** Resolves when the calls under way have settled. */
  close(): Promise<void>;
  readonly isClosed: boolean;
}

export const closedError = (): EngineError =>
  new EngineError("closed", "this recurve is closed; create another one with createRecurve");

export function createOpenCalls(): OpenCalls {
  const open = new Set<Promise<unknown>>();
  let isClosed = false;
  return {
    run: async (call) => {
      if (isClosed) throw closedError();
      const result = call();
      open.add(result);
      try {
        return await result;
      } finally {
        open.delete(result);
      }
    },
    close: async () => {
      isClosed = true;
      await Promise.allSettled(open);
    },
    get isClosed() {
      return isClosed;
    },
  };
}

/** The engine with every method's call among the open ones. All its methods are asynchronous. */
export function openCallsOf(engine: Engine, calls: OpenCalls): Engine {
  const wrapped = Object.entries(engine).map(([name, member]) => {
    if (typeof member !== "function") return [name, member];
    return [name, (...given: unknown[]) => calls.run(async () => member(...given))];
  });
  return Object.fromEntries(wrapped);
}
