import { MAX_ERROR_TYPE_LENGTH, MAX_TOOL_NAME_LENGTH } from "./limits.ts";

/**
 * Grammars of every string on the wire, as regular expression sources so that JSON Schema and code share one text.
 * All are ASCII and linear: no spaces, `@`, `:` or quotes, so sentences, addresses and URLs cannot pass.
 */
export const TOOL_PATTERN = `^[A-Za-z0-9_./-]{1,${MAX_TOOL_NAME_LENGTH}}$`;
export const ERROR_TYPE_PATTERN = `^[A-Za-z][A-Za-z0-9_.]{0,${MAX_ERROR_TYPE_LENGTH - 1}}$`;
/** Name of an npm package or MCP server. */
export const SOFTWARE_NAME_PATTERN = "^[A-Za-z0-9@][A-Za-z0-9_.@/-]{0,63}$";
export const SOFTWARE_VERSION_PATTERN = "^[A-Za-z0-9][A-Za-z0-9_.+-]{0,31}$";
/** RFC 9562 version 7, lower case only: one batch has one spelling. */
export const BATCH_ID_PATTERN = "^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$";

/** Write-only key of one end user. */
export const API_KEY_PATTERN = "^wmc_[0-9a-f]{64}$";
/** Secret behind `X-Signature`, derived from the collector's master secret. */
export const SIGNING_SECRET_PATTERN = "^wms_[0-9a-f]{64}$";
/** Token for the read API and the MCP read tools; never accepted by ingest. */
export const READ_TOKEN_PATTERN = "^wmr_[0-9a-f]{64}$";

/** Unix milliseconds, canonical decimal. */
export const TIMESTAMP_HEADER_PATTERN = "^[1-9][0-9]{12}$";
/** HMAC-SHA256 in lower-case hex. */
export const SIGNATURE_PATTERN = "^[0-9a-f]{64}$";

export const API_KEY_PREFIX = "wmc_";
export const SIGNING_SECRET_PREFIX = "wms_";
export const READ_TOKEN_PREFIX = "wmr_";
