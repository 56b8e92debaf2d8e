import type { Level } from "@org/mcp-analytics-schema/constants";
import { DISCLOSED_FIELDS, NEVER_COLLECTED } from "@org/mcp-analytics-schema/disclosure";

export const DISCLOSURE_FORMATS = ["markdown", "text"] as const;
export type DisclosureFormat = (typeof DISCLOSURE_FORMATS)[number];

/** What `mcp-analytics disclosure` prints: the section about analytics for the README of a server, from the schema itself. */
export function writeDisclosure(format: DisclosureFormat): string {
  return format === "markdown" ? writeMarkdown() : writeText();
}

function fieldsOf(level: Level) {
  return DISCLOSED_FIELDS.filter((field) => field.level === level);
}

function writeMarkdown(): string {
  const table = (level: Level): string[] => [
    "| Field | What it is | Why |",
    "|---|---|---|",
    ...fieldsOf(level).map(({ field, what, why }) => `| \`${field}\` | ${what} | ${why} |`),
  ];
  return [
    "## Usage analytics (opt-in)",
    "",
    "This server collects nothing unless you ask it to: analytics is off until you set an API key.",
    "",
    "**Sent at level `minimal`, the default once it is on:**",
    "",
    ...table("minimal"),
    "",
    "**Sent in addition at level `standard`, if you choose it:**",
    "",
    ...table("standard"),
    "",
    "**Never collected, at any level:**",
    "",
    ...NEVER_COLLECTED.map((item) => `- ${item}`),
    "",
    "**To turn it on**, put these into the environment of the server in your MCP configuration:",
    "",
    "```json",
    JSON.stringify(
      { env: { ANALYTICS_API_KEY: "wmc_...", ANALYTICS_ENDPOINT: "https://collector.example/v1/events" } },
      undefined,
      2,
    ),
    "```",
    "",
    "Add `ANALYTICS_SIGNING_SECRET` to sign what is sent, and `ANALYTICS_LEVEL=standard` for the second table.",
    "",
    "**To turn it off**, remove the key, or set `DO_NOT_TRACK=1` or `ANALYTICS_ENABLED=false`. It is also off wherever `CI` is set.",
    "",
    "**To see it**, set `ANALYTICS_DEBUG=1`: every payload is printed to stderr and nothing is sent. " +
      "`npx -p @org/mcp-analytics-client mcp-analytics status` says whether it is on and why.",
  ].join("\n");
}

function writeText(): string {
  const list = (level: Level): string[] => fieldsOf(level).map(({ field, what, why }) => `  ${field}: ${what}, ${why}`);
  return [
    "Off unless an API key is set.",
    "Sent at level minimal:",
    ...list("minimal"),
    "Sent in addition at level standard:",
    ...list("standard"),
    "Never collected:",
    ...NEVER_COLLECTED.map((item) => `  ${item}`),
  ].join("\n");
}
