import type { Level } from "./levels.ts";

/** One thing that is sent: where it stands on the wire, from which level on, what it is and why it is needed. */
export interface DisclosedField {
  readonly field: string;
  readonly level: Level;
  readonly what: string;
  readonly why: string;
}

/** What is sent at each level. A field that is not listed here is not in the schema either (a test compares them). */
export const DISCLOSED_FIELDS: readonly DisclosedField[] = [
  { field: "tool", level: "minimal", what: "name of the tool that ran", why: "to see which tools are used" },
  { field: "success", level: "minimal", what: "whether the call worked", why: "to see which tools fail" },
  {
    field: "errorType",
    level: "minimal",
    what: "category of a failure, such as TIMEOUT",
    why: "to see why they fail, without any message",
  },
  { field: "timestamp", level: "minimal", what: "when the call ended", why: "to draw usage over time" },
  {
    field: "batchId",
    level: "minimal",
    what: "a random number for this delivery",
    why: "so that a repeated delivery is stored once",
  },
  {
    field: "sdk",
    level: "minimal",
    what: "name and version of the analytics client",
    why: "to find faults of the analytics itself",
  },
  {
    field: "dropped",
    level: "minimal",
    what: "how many events were given up, by reason",
    why: "to know how complete the numbers are",
  },
  {
    field: "durationMs",
    level: "standard",
    what: "how long the call took, rounded to steps",
    why: "to find slow tools",
  },
  {
    field: "server",
    level: "standard",
    what: "name and version of the MCP server",
    why: "to see whether a release made things better or worse",
  },
  {
    field: "client",
    level: "standard",
    what: "name of the MCP client, from a fixed list",
    why: "to know which clients to test with",
  },
];

/** Never collected, at any level, anywhere. */
export const NEVER_COLLECTED: readonly string[] = [
  "arguments or results of tools",
  "coordinates, place names or addresses",
  "weather data or any other content",
  "API tokens, keys or credentials of other services",
  "user identifiers of the MCP client",
  "error messages or stack traces",
  "file paths or system information",
  "IP addresses",
];
