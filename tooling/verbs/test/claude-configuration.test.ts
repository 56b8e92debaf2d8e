import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { claudeCommand, mcpServersJson } from "../src/claude-configuration.ts";

const weather = {
  weatherCli: "/home/o'neil/my projects/weather-mcp/dist/cli.js",
  apiKey: `wmc_${"a1".repeat(32)}`,
  endpoint: "http://127.0.0.1:3000/v1/events",
};

test("a shell hands the command on word by word, whatever stands in the path", () => {
  const printed = execFileSync("sh", ["-c", claudeCommand(weather).replace(/^claude/, "printf '%s\\n'")]);
  expect(printed.toString().trimEnd().split("\n")).toEqual([
    ...["mcp", "add", "weather"],
    ...["--env", `ANALYTICS_API_KEY=${weather.apiKey}`, "--env", `ANALYTICS_ENDPOINT=${weather.endpoint}`],
    ...["--", "node", weather.weatherCli],
  ]);
});

test("the JSON form says the same", () => {
  expect(JSON.parse(mcpServersJson(weather))).toEqual({
    mcpServers: {
      weather: {
        command: "node",
        args: [weather.weatherCli],
        env: { ANALYTICS_API_KEY: weather.apiKey, ANALYTICS_ENDPOINT: weather.endpoint },
      },
    },
  });
});
