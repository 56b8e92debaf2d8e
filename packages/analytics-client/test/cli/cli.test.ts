import { DISCLOSED_FIELDS, NEVER_COLLECTED } from "@org/mcp-analytics-schema/disclosure";
import { describe, expect, test } from "vitest";
import { runCli } from "../../src/cli/cli.ts";
import type { Environment } from "../../src/types.ts";
import { createFakeTransport } from "../support/fake-transport.ts";
import { API_KEY, ENDPOINT, ON, SIGNING_SECRET } from "../support/keys.ts";

async function run(args: string, env: Environment = ON) {
  const out: string[] = [];
  const errors: string[] = [];
  const code = await runCli(args.split(" ").filter(Boolean), {
    env,
    print: (text) => out.push(text),
    printError: (text) => errors.push(text),
    now: () => 1_800_000_000_000,
    openTransport: () => createFakeTransport(() => 0),
  });
  return { code, out: out.join("\n"), errors: errors.join("\n") };
}

describe("status", () => {
  test.each([
    [{}, "ANALYTICS_API_KEY is not set"],
    [{ ...ON, DO_NOT_TRACK: "1" }, "DO_NOT_TRACK is set"],
    [{ ...ON, ANALYTICS_ENABLED: "false" }, "ANALYTICS_ENABLED says no"],
    [{ ...ON, CI: "true" }, "CI is set"],
    [{ ...ON, ANALYTICS_ENDPOINT: "http://example.org/v1/events" }, "https URL"],
    [{ ...ON, ANALYTICS_API_KEY: "wmc_short" }, "is not a key"],
  ])("names the reason", async (env, reason) => {
    const { code, out } = await run("status", env);
    expect(code).toBe(0);
    expect(out).toContain(reason);
  });

  test("shows what is set, and of secrets next to nothing", async () => {
    const { out } = await run("status", { ...ON, ANALYTICS_SIGNING_SECRET: SIGNING_SECRET });
    expect(out).toContain("https://collector.example");
    expect(out).toContain("wmc_0123...cdef");
    expect(out).not.toContain(API_KEY);
    expect(out).not.toContain(SIGNING_SECRET.slice(4, 20));
  });
});

describe("preview", () => {
  test("shows a request of the chosen level, byte for byte", async () => {
    const { code, out } = await run("preview", { ...ON, ANALYTICS_LEVEL: "standard" });
    expect(code).toBe(0);
    const [head, body] = out.split("\n\n");
    expect(head).toContain(`POST ${ENDPOINT}/batch`);
    expect(head).toContain(`content-length: ${body?.length}`);
    expect(JSON.parse(body ?? "")).toMatchObject({
      client: "claude-code",
      events: [{ durationMs: 200 }, { errorType: "TIMEOUT", durationMs: 10_000 }],
    });
    expect(out).not.toContain(API_KEY);
  });

  test("works before anything is set", async () => {
    const { code, out } = await run("preview", {});
    expect(code).toBe(0);
    expect(out).not.toContain("durationMs");
  });
});

describe("disclosure", () => {
  test.each(["disclosure", "disclosure --format markdown", "disclosure --format text"])(
    "%s lists every field and everything that is never collected",
    async (command) => {
      const { code, out } = await run(command, {});
      expect(code).toBe(0);
      for (const { field, what } of DISCLOSED_FIELDS) {
        expect(out).toContain(field);
        expect(out).toContain(what);
      }
      for (const item of NEVER_COLLECTED) expect(out).toContain(item);
    },
  );
});

test.each(["", "help", "--help", "-h", "status --help"])("%j explains itself", async (args) => {
  const { code, out } = await run(args);
  expect(code).toBe(0);
  expect(out).toContain("mcp-analytics doctor");
});

test.each(["frobnicate", "status doctor", "status --loud", "disclosure --format pdf"])(
  "%j is not understood",
  async (args) => {
    const { code, out, errors } = await run(args);
    expect(code).toBe(2);
    expect(out).toBe("");
    expect(errors).toContain("not understood");
  },
);
