/** How much is sent: `minimal` (tool, success, errorType, timestamp) or `standard` (adds duration steps, server and MCP client). */
export type Level = "minimal" | "standard";

/** The guide's categories of a failed call. */
export type ErrorCategory = "MISSING_TOKEN" | "RATE_LIMIT" | "TIMEOUT" | "NOT_FOUND" | "INVALID_INPUT" | "UNKNOWN";

/** Environment variables by name, as in `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Why analytics is on or off; the first rule that matches decides, in this order. */
export type ConsentReason =
  | "do-not-track"
  | "disabled"
  | "ci"
  | "no-key"
  | "bad-key"
  | "no-endpoint"
  | "bad-endpoint"
  | "bad-secret"
  | "debug"
  | "on";

/** What the author of a server may set. Nothing here can turn analytics on or raise its level: both are the end user's. */
export interface AnalyticsOptions {
  /** Collector used where the end user sets no `ANALYTICS_ENDPOINT`: an https URL ending in `/v1/events`. Default: none. */
  readonly endpoint?: string | undefined;
  /** `false` keeps analytics off, whatever the environment says. Default: the environment decides. */
  readonly enabled?: false | undefined;
  /**
   * Error types of your own beside the six categories, each `^[A-Za-z][A-Za-z0-9_.]{0,49}$`; others are ignored.
   * An error type that is not listed is sent as `UNKNOWN`. Default: none.
   */
  readonly errorTypes?: readonly string[] | undefined;
  /**
   * Names the category of what a tool threw: one of the six, or one of `errorTypes`. Anything else, `undefined` or a throw
   * falls back to the built-in mapping. Must be quick; the error itself is never sent.
   */
  readonly categorizeError?: ((error: unknown) => string | undefined) | undefined;
  /**
   * Where the settings are read from, for a host that keeps them elsewhere. What stands in it is the end user's choice and not the
   * author's. Default: `process.env`.
   */
  readonly env?: Environment | undefined;
}

/** One finished call, reported by hand. */
export interface TrackedEvent {
  /** Name of the tool, `^[A-Za-z0-9_./-]+$`; the first 50 characters are sent. Another spelling is sent as `__unknown__`. */
  readonly toolName: string;
  /** Whether it worked. Anything but `true` counts as a failure. */
  readonly success: boolean;
  /** Category of a failure, see {@link AnalyticsOptions.errorTypes}; ignored where `success` is true. */
  readonly errorType?: string | undefined;
  /** How long the call took in milliseconds, 0 to 86,400,000; rounded up to steps and sent at level `standard` only. */
  readonly durationMs?: number | undefined;
}

/** Options of {@link Analytics.flush}. */
export interface FlushOptions {
  /** Longest time to wait in milliseconds, 0 to 60,000. Default 1,400. */
  readonly deadlineMs?: number | undefined;
}

/** Collects the outcomes of tool calls and delivers them. No method ever throws or rejects. */
export interface Analytics {
  /** Whether anything is collected. Where false, no timer, socket or file exists. */
  readonly enabled: boolean;
  /** Why it is on or off. */
  readonly reason: ConsentReason;
  /** The level that the end user chose. */
  readonly level: Level;
  /** Reports one finished call. */
  trackEvent(event: TrackedEvent): void;
  /** Reports a call that worked. */
  trackSuccess(toolName: string): void;
  /** Reports a call that failed; an `errorType` outside the closed list is sent as `UNKNOWN`. */
  trackFailure(toolName: string, errorType: string): void;
  /** Sends what waits, as far as the rate limit allows, and resolves when that is done or the deadline has passed. */
  flush(options?: FlushOptions): Promise<void>;
  /** Flushes with the default deadline, then stops for good: later events are ignored. */
  close(): Promise<void>;
}
