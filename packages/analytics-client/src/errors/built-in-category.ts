import type { ErrorCategory } from "../types.ts";
import { UNKNOWN } from "./error-types.ts";

const BY_STATUS: Readonly<Record<string, ErrorCategory>> = {
  400: "INVALID_INPUT",
  401: "MISSING_TOKEN",
  403: "MISSING_TOKEN",
  404: "NOT_FOUND",
  408: "TIMEOUT",
  410: "NOT_FOUND",
  422: "INVALID_INPUT",
  429: "RATE_LIMIT",
  504: "TIMEOUT",
};

/** System, undici, Node and JSON-RPC codes. */
const BY_CODE: Readonly<Record<string, ErrorCategory>> = {
  ETIMEDOUT: "TIMEOUT",
  ESOCKETTIMEDOUT: "TIMEOUT",
  ECONNABORTED: "TIMEOUT",
  UND_ERR_CONNECT_TIMEOUT: "TIMEOUT",
  UND_ERR_HEADERS_TIMEOUT: "TIMEOUT",
  UND_ERR_BODY_TIMEOUT: "TIMEOUT",
  "-32001": "TIMEOUT",
  ENOENT: "NOT_FOUND",
  "-32002": "NOT_FOUND",
  ERR_INVALID_URL: "INVALID_INPUT",
  ERR_INVALID_ARG_TYPE: "INVALID_INPUT",
  ERR_INVALID_ARG_VALUE: "INVALID_INPUT",
  "-32602": "INVALID_INPUT",
};

const BY_NAME: Readonly<Record<string, ErrorCategory>> = {
  TimeoutError: "TIMEOUT",
  ZodError: "INVALID_INPUT",
};

/** An error may wrap the one that says what happened (`fetch failed`), but not for ever. */
const MAX_CAUSES = 4;

/** The category of what a tool threw, by its status, code and name and those of its causes; never by its message. */
export function builtInCategory(error: unknown): ErrorCategory {
  try {
    let current = error;
    for (let i = 0; i < MAX_CAUSES && typeof current === "object" && current !== null; i++) {
      const { status, statusCode, response, code, name, cause } = current as Record<string, unknown>;
      const inner = Object(response).status;
      const found =
        look(BY_STATUS, status) ??
        look(BY_STATUS, statusCode) ??
        look(BY_STATUS, inner) ??
        look(BY_CODE, code) ??
        look(BY_NAME, name);
      if (found) return found;
      current = cause;
    }
  } catch {
    // What a tool throws may be anything, a getter that throws included.
  }
  return UNKNOWN;
}

function look(table: Readonly<Record<string, ErrorCategory>>, key: unknown): ErrorCategory | undefined {
  const isKey = typeof key === "string" || typeof key === "number";
  return isKey && Object.hasOwn(table, key) ? table[key] : undefined;
}
