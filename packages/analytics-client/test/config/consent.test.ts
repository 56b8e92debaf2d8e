import { describe, expect, test } from "vitest";
import { readConfig } from "../../src/config/config.ts";
import type { ConsentReason, Environment } from "../../src/types.ts";
import { API_KEY, ENDPOINT, ON, SIGNING_SECRET } from "../support/keys.ts";

const rows: readonly (readonly [string, Environment, ConsentReason])[] = [
  ["an empty environment", {}, "no-key"],
  ["a key and an endpoint", ON, "on"],
  ["a key, an endpoint and a signing secret", { ...ON, ANALYTICS_SIGNING_SECRET: SIGNING_SECRET }, "on"],
  ["ANALYTICS_ENABLED=true without a key", { ANALYTICS_ENABLED: "true" }, "no-key"],
  ["an empty key", { ...ON, ANALYTICS_API_KEY: "" }, "no-key"],
  ["DO_NOT_TRACK=1", { ...ON, DO_NOT_TRACK: "1" }, "do-not-track"],
  ["DO_NOT_TRACK=true", { ...ON, DO_NOT_TRACK: "true" }, "do-not-track"],
  ["DO_NOT_TRACK with a value nobody defined", { ...ON, DO_NOT_TRACK: "please" }, "do-not-track"],
  ["DO_NOT_TRACK=0", { ...ON, DO_NOT_TRACK: "0" }, "on"],
  ["an empty DO_NOT_TRACK", { ...ON, DO_NOT_TRACK: "" }, "on"],
  [
    "DO_NOT_TRACK over everything else",
    { ...ON, DO_NOT_TRACK: "1", ANALYTICS_ENABLED: "false", CI: "1" },
    "do-not-track",
  ],
  ["DO_NOT_TRACK over ANALYTICS_ENABLED=true", { ...ON, DO_NOT_TRACK: "1", ANALYTICS_ENABLED: "true" }, "do-not-track"],
  ["DO_NOT_TRACK over debug", { ...ON, DO_NOT_TRACK: "1", ANALYTICS_DEBUG: "1" }, "do-not-track"],
  ["ANALYTICS_ENABLED=false", { ...ON, ANALYTICS_ENABLED: "false" }, "disabled"],
  ["ANALYTICS_ENABLED=0", { ...ON, ANALYTICS_ENABLED: "0" }, "disabled"],
  ["an ANALYTICS_ENABLED nobody understands", { ...ON, ANALYTICS_ENABLED: "maybe" }, "disabled"],
  ["ANALYTICS_ENABLED=false over CI", { ...ON, ANALYTICS_ENABLED: "false", CI: "true" }, "disabled"],
  ["CI=true", { ...ON, CI: "true" }, "ci"],
  ["CI=1 with ANALYTICS_ENABLED=true", { ...ON, CI: "1", ANALYTICS_ENABLED: "true" }, "ci"],
  ["CI=false", { ...ON, CI: "false" }, "on"],
  ["CI without a key", { CI: "true" }, "ci"],
  ["a key with a wrong prefix", { ...ON, ANALYTICS_API_KEY: API_KEY.replace("wmc_", "wmr_") }, "bad-key"],
  ["a key in capitals", { ...ON, ANALYTICS_API_KEY: API_KEY.toUpperCase() }, "bad-key"],
  ["no endpoint", { ANALYTICS_API_KEY: API_KEY }, "no-endpoint"],
  ["an endpoint that is no URL", { ...ON, ANALYTICS_ENDPOINT: "collector" }, "bad-endpoint"],
  ["plain http over a network", { ...ON, ANALYTICS_ENDPOINT: "http://collector.example/v1/events" }, "bad-endpoint"],
  ["plain http to this machine", { ...ON, ANALYTICS_ENDPOINT: "http://127.0.0.1:3000/v1/events" }, "on"],
  ["plain http to localhost", { ...ON, ANALYTICS_ENDPOINT: "http://localhost:3000/v1/events" }, "on"],
  ["plain http to ::1", { ...ON, ANALYTICS_ENDPOINT: "http://[::1]:3000/v1/events" }, "on"],
  [
    "a name that begins like this machine",
    { ...ON, ANALYTICS_ENDPOINT: "http://127.0.0.1.evil.example/v1/events" },
    "bad-endpoint",
  ],
  [
    "an endpoint with a password",
    { ...ON, ANALYTICS_ENDPOINT: "https://u:p@collector.example/v1/events" },
    "bad-endpoint",
  ],
  ["an endpoint with a query", { ...ON, ANALYTICS_ENDPOINT: `${ENDPOINT}?a=b` }, "bad-endpoint"],
  ["another path", { ...ON, ANALYTICS_ENDPOINT: "https://collector.example/v2" }, "bad-endpoint"],
  ["a path before the route", { ...ON, ANALYTICS_ENDPOINT: "https://example.org/analytics/v1/events" }, "on"],
  ["a malformed signing secret", { ...ON, ANALYTICS_SIGNING_SECRET: "secret" }, "bad-secret"],
  ["an empty signing secret", { ...ON, ANALYTICS_SIGNING_SECRET: "" }, "on"],
  ["ANALYTICS_DEBUG=1", { ...ON, ANALYTICS_DEBUG: "1" }, "debug"],
  ["ANALYTICS_DEBUG without a key", { ANALYTICS_DEBUG: "1" }, "no-key"],
];

describe("the first rule that matches decides", () => {
  test.each(rows)("%s", (_name, env, reason) => {
    expect(readConfig({ env }).reason).toBe(reason);
  });
});

test("the author can turn it off but not on", () => {
  expect(readConfig({ env: ON, enabled: false }).reason).toBe("disabled");
  expect(readConfig({ env: {}, endpoint: ENDPOINT }).reason).toBe("no-key");
});

test("the author's endpoint serves where the end user names none", () => {
  const own = { ANALYTICS_API_KEY: API_KEY };
  expect(readConfig({ env: own, endpoint: ENDPOINT })).toMatchObject({
    reason: "on",
    url: new URL(`${ENDPOINT}/batch`),
  });
  const both = readConfig({ env: { ...ON }, endpoint: "https://author.example/v1/events" });
  expect(both).toMatchObject({ reason: "on", url: new URL(`${ENDPOINT}/batch`) });
});

test.each([
  [undefined, "minimal"],
  ["minimal", "minimal"],
  ["standard", "standard"],
  ["Standard", "minimal"],
  ["everything", "minimal"],
] as const)("ANALYTICS_LEVEL=%s means %s", (value, level) => {
  expect(readConfig({ env: { ...ON, ANALYTICS_LEVEL: value } }).level).toBe(level);
});
