import { ERROR_CATEGORIES, OUTCOME_ERROR_TYPES, UNKNOWN_TOOL_NAME } from "@org/mcp-analytics-schema/constants";
import { Dictionary, NAME_CAPS } from "./dictionary.ts";
import { createNameStore } from "./name-store.ts";
import type { Pool } from "./pool.ts";

/** What the client sends of its own accord, whoever wrote the server. */
const BUILT_IN_TOOLS: ReadonlySet<string> = new Set([UNKNOWN_TOOL_NAME]);
const BUILT_IN_ERROR_TYPES: ReadonlySet<string> = new Set([...ERROR_CATEGORIES, ...Object.values(OUTCOME_ERROR_TYPES)]);

/** The two dictionaries of every project. */
export interface Dictionaries {
  readonly tools: Dictionary;
  readonly errorTypes: Dictionary;
}

export function openDictionaries(pool: Pool): Dictionaries {
  return {
    tools: new Dictionary(createNameStore(pool, "tools"), NAME_CAPS.tools, BUILT_IN_TOOLS),
    errorTypes: new Dictionary(createNameStore(pool, "error_types"), NAME_CAPS.error_types, BUILT_IN_ERROR_TYPES),
  };
}
