import { type Attributes, type Span, SpanStatusCode, trace } from "@opentelemetry/api";
import { EngineError } from "../../domain/errors.ts";

/** Spans go to the SDK that a program has registered, and nowhere without one. */
const tracer = trace.getTracer("recurve");

/** The code and no message, which may name a user. */
function tellFailure(span: Span, error: unknown): void {
  const type = error instanceof EngineError ? error.code : (error as Error).name;
  span.setAttribute("error.type", type);
  span.setStatus({ code: SpanStatusCode.ERROR });
}

/** Work as a part of the trace of its caller. */
export const inSpan = <T>(
  name: string,
  work: () => T | Promise<T>,
  attributes: Attributes = {},
): Promise<T> =>
  tracer.startActiveSpan(name, { attributes }, async (span) => {
    try {
      return await work();
    } catch (error) {
      tellFailure(span, error);
      throw error;
    } finally {
      span.end();
    }
  });
