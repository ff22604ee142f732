import type { Intervention } from "../../domain/intervention.ts";
import type { Deed } from "../../domain/trail.ts";
import type { Store } from "../../storage/store.ts";

/** An intervention or another deed, as one line of the trail. */
export interface TrailLine extends Omit<Deed, "kind"> {
  readonly kind: Deed["kind"] | Intervention["kind"];
  readonly reason?: string;
}

function toLine({ kind, madeAt, scenario, version, by, reason, key }: Intervention): TrailLine {
  return {
    kind,
    madeAt,
    subject: version === undefined ? scenario : `policy ${version} of ${scenario}`,
    ...(by !== undefined && { by }),
    ...(reason !== undefined && { reason }),
    ...(key !== undefined && { key }),
  };
}

/** Who promoted, rolled back, paused, exported, erased, or changed keys; newest first. */
export async function readTrail(
  { interventions, trail }: Pick<Store, "interventions" | "trail">,
  limit: number,
): Promise<readonly TrailLine[]> {
  const steps = await interventions.list({ limit });
  const lines = [...steps.map(toLine), ...(await trail.list(limit))];
  return lines.sort((left, right) => right.madeAt - left.madeAt).slice(0, limit);
}
