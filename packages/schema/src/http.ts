/** Routes and header names of the wire contract. Header names are lower case, as Node reports them. */
export const EVENTS_PATH = "/v1/events";
/** The batch route is the event route plus `/batch`, for any endpoint URL. */
export const BATCH_PATH_SUFFIX = "/batch";
export const BATCH_PATH = `${EVENTS_PATH}${BATCH_PATH_SUFFIX}`;

export const API_KEY_HEADER = "x-api-key";
export const TIMESTAMP_HEADER = "x-timestamp";
export const SIGNATURE_HEADER = "x-signature";

/** Rate headers on answers to authenticated requests (draft-ietf-httpapi-ratelimit-headers). */
export const RATE_LIMIT_HEADER = "ratelimit";
export const RATE_LIMIT_POLICY_HEADER = "ratelimit-policy";
export const RETRY_AFTER_HEADER = "retry-after";

export const JSON_CONTENT_TYPE = "application/json";
export const PROBLEM_CONTENT_TYPE = "application/problem+json";
