import { expect, test } from "vitest";
import { startBanner } from "../src/start-banner.ts";

const started = {
  url: "http://127.0.0.1:3000",
  adminLink: "http://127.0.0.1:3000/#sign-in=1.0",
  weatherCli: "/projects/weather-mcp/dist/cli.js",
};
const firstKey = { key: `wmc_${"a1".repeat(32)}`, signingSecret: `wms_${"b2".repeat(32)}` };

test("the command for another key names the folder that the collector runs on, where it is not the default one", () => {
  expect(startBanner({ ...started, dataDir: "/data/my folder" })).toMatch(
    /keys create --data-dir '\/data\/my folder'$/m,
  );
  expect(startBanner(started)).toMatch(/keys create$/m);
});

test("a later start says how to connect a server, too, and shows no key", () => {
  const banner = startBanner(started);
  expect(banner).toContain("claude mcp add weather --env ANALYTICS_API_KEY=wmc_...");
  expect(banner).toContain('"ANALYTICS_API_KEY": "wmc_..."');
});

test("the first start shows the key, and a configuration that holds it", () => {
  const banner = startBanner({ ...started, firstKey });
  expect(banner.split(firstKey.key)).toHaveLength(4);
  expect(banner).not.toContain("wmc_...");
});
