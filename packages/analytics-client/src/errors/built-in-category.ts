import type { ErrorCategory } from "../types.ts";

/** What a status, a code or the name of an error says: HTTP, system, undici, Node and JSON-RPC. */
const RULES: readonly (readonly [ErrorCategory, RegExp])[] = [
  ["TIMEOUT", /timed?out|^(408|504|-32001|ECONNABORTED)$/i],
  ["RATE_LIMIT", /^429$/],
  ["MISSING_TOKEN", /^40[13]$/],
  ["NOT_FOUND", /^(404|410|-32002|ENOENT)$/],
  ["INVALID_INPUT", /^(400|422|-32602|ZodError|ERR_INVALID.*)$/],
];

/** An error may wrap the one that says what happened (`fetch failed`), but not for ever. */
const MAX_CAUSES = 4;

/**
 * The category of what a tool threw, by its status, code and name and those of its causes; never by its message. Throws
 * where the error does so when it is looked at.
 */
export function builtInCategory(error: unknown): ErrorCategory {
  let current = Object(error);
  for (let i = 0; i < MAX_CAUSES; i++) {
    const { status, statusCode, response, code, name, cause } = current;
    for (const sign of [status, statusCode, response?.status, code, name]) {
      const rule = RULES.find(([, pattern]) => pattern.test(sign));
      if (rule) return rule[0];
    }
    current = Object(cause);
  }
  return "UNKNOWN";
}
