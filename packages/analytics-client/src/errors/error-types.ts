import { ERROR_CATEGORIES, ERROR_TYPE_PATTERN, OUTCOME_ERROR_TYPES } from "@org/mcp-analytics-schema/constants";

/** The closed list: the six categories, those that an outcome fixes, and what the author declared in the wire's grammar. */
export function allowedErrorTypes(declared: readonly string[] = []): ReadonlySet<string> {
  const accepted = declared.filter((type) => new RegExp(ERROR_TYPE_PATTERN).test(type));
  return new Set([...ERROR_CATEGORIES, ...Object.values(OUTCOME_ERROR_TYPES), ...accepted]);
}
