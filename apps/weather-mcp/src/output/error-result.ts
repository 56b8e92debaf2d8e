import type { CallToolResult } from "@modelcontextprotocol/sdk/types.js";
import { UPSTREAM_IDS } from "../config.ts";
import { type ErrorCategory, toWeatherError } from "../errors/weather-error.ts";

/** Key of the error's details in `_meta`. Clients refuse an error whose `structuredContent` does not fit the tool's schema. */
export const ERROR_META_KEY = "weather-mcp/error";

export interface ErrorMeta {
  category: ErrorCategory;
  reason: string;
  upstream: string | null;
  status: number | null;
  retryable: boolean;
  retry_after_s: number | null;
  correlation_id: string | null;
}

/** What the caller sees of a failure: the category first, then what happened and what to do. Never a stack or a token. */
export function errorResult(thrown: unknown): CallToolResult {
  const error = toWeatherError(thrown);
  const id = error.correlationId ? ` (their reference: ${error.correlationId})` : "";
  const meta: ErrorMeta = {
    category: error.category,
    reason: error.reason,
    upstream: UPSTREAM_IDS.find((id) => id === error.upstream) ?? null,
    status: error.status ?? null,
    retryable: error.retryable,
    retry_after_s: error.retryAfterS ?? null,
    correlation_id: error.correlationId ?? null,
  };
  return {
    isError: true,
    content: [{ type: "text", text: `${error.category}: ${error.message}${id}\nTry: ${error.hint}` }],
    _meta: { [ERROR_META_KEY]: meta },
  };
}
