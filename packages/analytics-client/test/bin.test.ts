import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type HttpCollector, startHttpCollector } from "./support/http-collector.ts";
import { API_KEY, SIGNING_SECRET } from "./support/keys.ts";

const BIN = fileURLToPath(new URL("../dist/bin.js", import.meta.url));
let collector: HttpCollector;

beforeEach(async () => {
  collector = await startHttpCollector();
});
afterEach(() => collector.close());

function run(command: string, env: Record<string, string>): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [BIN, command], { env }, (error, stdout, stderr) => {
      resolve({ code: Number(error?.code ?? 0), stdout, stderr });
    });
  });
}

test("the doctor waits for the collector's answer and says what it means", async () => {
  const problem = { code: "invalid-event", status: 400 };
  collector.answer = (response) => response.writeHead(400).end(JSON.stringify(problem));
  const env = {
    ANALYTICS_API_KEY: API_KEY,
    ANALYTICS_ENDPOINT: collector.endpoint,
    ANALYTICS_SIGNING_SECRET: SIGNING_SECRET,
  };
  const { code, stdout, stderr } = await run("doctor", env);
  expect(stdout).toContain("+ key: accepted, and so is the signature");
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(collector.requests[0]?.headers).toMatchObject({ "x-api-key": API_KEY });
});

test("a doctor with bad news exits with 1", async () => {
  await collector.close();
  const { code, stdout } = await run("doctor", { ANALYTICS_API_KEY: API_KEY, ANALYTICS_ENDPOINT: collector.endpoint });
  expect(stdout).toContain("nobody listens");
  expect(code).toBe(1);
});
