import { MAX_TOOL_NAME_LENGTH, UNKNOWN_TOOL_NAME } from "@org/mcp-analytics-schema/constants";

const OUTSIDE_GRAMMAR = /[^A-Za-z0-9_./-]/g;

/** The wire form of a registered name: its first 50 characters, those that the wire does not know as `_`. */
export function wireToolName(registered: string): string {
  return registered.slice(0, MAX_TOOL_NAME_LENGTH).replace(OUTSIDE_GRAMMAR, "_") || UNKNOWN_TOOL_NAME;
}

/** The wire form of a name given by hand. One outside the grammar may be anything, a sentence included, so it is not sent. */
export function trackedToolName(name: unknown): string {
  return typeof name === "string" && name.search(OUTSIDE_GRAMMAR) < 0 ? wireToolName(name) : UNKNOWN_TOOL_NAME;
}
