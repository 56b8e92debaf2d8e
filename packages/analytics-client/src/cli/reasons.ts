import type { ConsentReason } from "../types.ts";

/** Why analytics is on or off, in words, with what to do about it. */
export const REASONS: Readonly<Record<ConsentReason, string>> = {
  on: "on: an API key and an endpoint are set, and nothing says no.",
  debug: "on, but nothing is sent: ANALYTICS_DEBUG is set, so payloads are printed to stderr instead.",
  "do-not-track": "off, because DO_NOT_TRACK is set. It wins over every other setting.",
  disabled: "off, because ANALYTICS_ENABLED says no (anything but 1, true, yes or on is a no).",
  ci: "off, because CI is set: runs of a build machine are nobody's usage.",
  "no-key": "off, because ANALYTICS_API_KEY is not set. That is the default.",
  "bad-key":
    "off, because ANALYTICS_API_KEY is not a key: it must be wmc_ and 64 hex digits. Was it cut when it was copied?",
  "no-endpoint": "off, because ANALYTICS_ENDPOINT is not set: the URL of the collector, ending in /v1/events.",
  "bad-endpoint":
    "off, because ANALYTICS_ENDPOINT is not usable: it must be an https URL ending in /v1/events, without user name, query or fragment. Plain http is allowed to this machine only.",
  "bad-secret": "off, because ANALYTICS_SIGNING_SECRET is not a signing secret: it must be wms_ and 64 hex digits.",
};
