import type { Trouble } from "./trouble.ts";

/** The tab's title: trouble first, since tabs cut their titles at the end. */
export function pageTitle(state: {
  readonly serving: number | undefined;
  readonly isDegraded: boolean;
  readonly trouble: Trouble["kind"] | undefined;
}): string {
  const trouble = state.trouble ?? (state.isDegraded ? "degraded" : undefined);
  const policy = state.serving === undefined ? undefined : `policy ${state.serving}`;
  return [trouble, policy, "Recurve"].filter((part) => part !== undefined).join(" · ");
}
