export interface WeatherAnalytics {
  /** absolute path of the built weather-mcp */
  readonly weatherCli: string;
  readonly apiKey: string;
  /** the collector's endpoint, ending in /v1/events */
  readonly endpoint: string;
}

function environment({ apiKey, endpoint }: WeatherAnalytics): Record<string, string> {
  return { ANALYTICS_API_KEY: apiKey, ANALYTICS_ENDPOINT: endpoint };
}

/** The command that adds weather-mcp to Claude Code, ready to paste into a POSIX shell. */
export function claudeCommand(weather: WeatherAnalytics): string {
  // The name stands before the variables: `--env` takes every word up to the next option.
  const variables = Object.entries(environment(weather)).map(([name, value]) => `--env ${quoted(`${name}=${value}`)}`);
  return `claude mcp add weather ${variables.join(" ")} -- node ${quoted(weather.weatherCli)}`;
}

/** The same configuration as the JSON that MCP clients read. */
export function mcpServersJson(weather: WeatherAnalytics): string {
  const entry = { command: "node", args: [weather.weatherCli], env: environment(weather) };
  return JSON.stringify({ mcpServers: { weather: entry } }, null, 2);
}

/** A word as a POSIX shell reads it back. */
export function quoted(word: string): string {
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
