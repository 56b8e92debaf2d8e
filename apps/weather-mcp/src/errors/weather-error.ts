/** The guide's categories of a failed call: what analytics sees, and what stands first in the text of an error. */
export const ERROR_CATEGORIES = [
  "MISSING_TOKEN",
  "RATE_LIMIT",
  "TIMEOUT",
  "NOT_FOUND",
  "INVALID_INPUT",
  "UNKNOWN",
] as const;
export type ErrorCategory = (typeof ERROR_CATEGORIES)[number];

export interface WeatherErrorOptions {
  /** Finer than the category: snake_case, from a small set, never user input. */
  reason: string;
  /** What the caller can do next, written for a model. */
  hint: string;
  /** Which service failed, when one did. */
  upstream?: string;
  status?: number;
  retryable?: boolean;
  retryAfterS?: number;
  /** The upstream's own id of the failed request, for a report to them. */
  correlationId?: string;
}

/** A failure that is told to the caller. `message` and `hint` hold no token, no URL and no stack. */
export class WeatherError extends Error {
  readonly category: ErrorCategory;
  readonly reason: string;
  readonly hint: string;
  readonly upstream: string | undefined;
  readonly status: number | undefined;
  readonly retryable: boolean;
  readonly retryAfterS: number | undefined;
  readonly correlationId: string | undefined;

  constructor(category: ErrorCategory, message: string, options: WeatherErrorOptions) {
    super(message);
    this.name = "WeatherError";
    this.category = category;
    this.reason = options.reason;
    this.hint = options.hint;
    this.upstream = options.upstream;
    this.status = options.status;
    this.retryable = options.retryable ?? false;
    this.retryAfterS = options.retryAfterS;
    this.correlationId = options.correlationId;
  }
}

/** A value that the caller gave is wrong. Names the field, and what it may be. */
export function invalidInput(field: string, problem: string, hint: string): WeatherError {
  return new WeatherError("INVALID_INPUT", `${field}: ${problem}`, { reason: `invalid_${field}`, hint });
}

/** Anything thrown, as a WeatherError; a fault of our own becomes UNKNOWN without its message. */
export function toWeatherError(error: unknown): WeatherError {
  if (error instanceof WeatherError) return error;
  return new WeatherError("UNKNOWN", "The weather server had an internal error.", {
    reason: "internal",
    hint: "Try once more; if it fails again, report it with the name of the tool.",
  });
}
