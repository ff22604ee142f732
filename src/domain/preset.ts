/** Sizes of an encoder, from small to large; a stored training names its own by the place in this list. */
export const presetNames = ["small", "medium", "base", "large"] as const;
export type Preset = (typeof presetNames)[number];
