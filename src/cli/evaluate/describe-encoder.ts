import type { CycleRecord } from "../../domain/cycle-record.ts";
import { formatFigure } from "../../numeric/format.ts";

/** Whether the encoder should learn on; empty if encoders are trained by hand alone. */
export const describeEncoderWatch = ({ encoderWatch: watch }: CycleRecord): readonly string[] =>
  watch ? [`encoder    ${watch.isDue ? "should learn on" : "stays"}: ${watch.reason}`] : [];

/** Of a training after the first decision. */
export function describeNewEncoder({ newEncoder }: CycleRecord): readonly string[] {
  if (newEncoder === undefined) return [];
  const { throughSequence, divergence } = newEncoder;
  const moved = divergence
    ? `, KL ${formatFigure(divergence.kl)} nats from the serving policy on ${divergence.decisions} decisions`
    : "";
  return [`encoder    trained up to event number ${throughSequence}${moved}`];
}
