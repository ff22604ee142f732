import type { RandomStream } from "../random.ts";

/**
 * Numbers that hide people. In production they come from a cryptographic generator: who knows the
 * seed can take the noise away again. A seeded stream is for tests and benches.
 */
export type NoiseSource = Pick<RandomStream, "uniform" | "normal">;
