/** MCP clients that may be named at level `standard`; everything else is `other`. */
export const CLIENT_NAMES = [
  "claude-code",
  "claude-desktop",
  "cline",
  "codex",
  "continue",
  "copilot",
  "cursor",
  "gemini-cli",
  "goose",
  "inspector",
  "jetbrains",
  "opencode",
  "vscode",
  "windsurf",
  "zed",
  "other",
] as const;
export type ClientName = (typeof CLIENT_NAMES)[number];
