import { ERROR_CATEGORIES, ERROR_TYPE_PATTERN, OUTCOME_ERROR_TYPES } from "@org/mcp-analytics-schema/constants";
import { matches } from "../matches.ts";

/** The closed list: the six categories, those that an outcome fixes, and what the author declared in the wire's grammar. */
export function allowedErrorTypes(declared: readonly string[] = []): ReadonlySet<string> {
  const accepted = declared.filter((type) => matches(ERROR_TYPE_PATTERN, type));
  return new Set([...ERROR_CATEGORIES, ...Object.values(OUTCOME_ERROR_TYPES), ...accepted]);
}
