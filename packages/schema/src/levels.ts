/** How much the end user lets be sent. The author of a server cannot raise it. */
export const LEVELS = ["minimal", "standard"] as const;
export type Level = (typeof LEVELS)[number];
export const DEFAULT_LEVEL: Level = "minimal";
