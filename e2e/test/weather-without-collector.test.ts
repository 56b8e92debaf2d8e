import { startFixtureUpstream } from "@org/weather-mcp/fixture-upstream";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type BadCollector, downCollector, misbehavingCollector, unreachableCollector } from "../src/bad-collector.ts";
import { plannedCalls, type ToolCall } from "../src/tool-calls.ts";
import { WeatherClient } from "../src/weather-client.ts";

const CALLS = 40;
const apiKey = `wmc_${"ab".repeat(32)}`;
const answer = (status: string, body = "", headers = "") =>
  `HTTP/1.1 ${status}\r\n${headers}Content-Length: ${body.length}\r\n\r\n${body}`;

const COLLECTORS: readonly { name: string; make: () => Promise<BadCollector> }[] = [
  { name: "down", make: downCollector },
  { name: "unreachable", make: unreachableCollector },
  {
    name: "hanging: it takes the request and never answers",
    make: () => misbehavingCollector((socket) => socket.resume()),
  },
  { name: "resetting connections", make: () => misbehavingCollector((socket) => socket.resetAndDestroy()) },
  {
    name: "answering 500 to everything",
    make: () => misbehavingCollector((socket) => socket.on("data", () => socket.write(answer("500 Oops", "no")))),
  },
  {
    name: "answering 401 to everything",
    make: () =>
      misbehavingCollector((socket) => socket.on("data", () => socket.write(answer("401 Unauthorized", "{}")))),
  },
  {
    name: "answering something that is not HTTP",
    make: () => misbehavingCollector((socket) => socket.on("data", () => socket.end("SSH-2.0-OpenSSH_9.2\r\n"))),
  },
  {
    name: "sending an answer that never ends",
    make: () =>
      misbehavingCollector((socket) => {
        socket.once("data", () => {
          socket.write("HTTP/1.1 200 OK\r\nContent-Length: 999999999\r\n\r\n");
          const drip = setInterval(() => socket.write("x".repeat(1024)), 20);
          socket.once("close", () => clearInterval(drip));
        });
      }),
  },
];

let upstream: Awaited<ReturnType<typeof startFixtureUpstream>>;
let outcomesWithout: boolean[];

beforeAll(async () => {
  upstream = await startFixtureUpstream();
  outcomesWithout = (await callAll({})).outcomes;
});

afterAll(async () => {
  await upstream?.close();
});

async function callAll(analytics: Record<string, string>) {
  const weather = await WeatherClient.start({ ...upstream.env, ...analytics });
  const outcomes: boolean[] = [];
  const calls: ToolCall[] = plannedCalls(CALLS, await weather.toolNames());
  for (const call of calls) outcomes.push(await weather.call(call));
  const { pid } = weather;
  await weather.close();
  return { outcomes, pid, protocolErrors: weather.protocolErrors, stderr: weather.stderr };
}

function isAlive(pid: number | null): boolean {
  try {
    return pid !== null && process.kill(pid, 0);
  } catch {
    return false;
  }
}

test("the calls of this test work and fail, so that a change in either would show", () => {
  expect(new Set(outcomesWithout)).toEqual(new Set([true, false]));
});

describe.each(COLLECTORS)("with a collector that is $name", ({ make }) => {
  test("weather-mcp answers every call as without analytics, writes only frames, and ends when its client does", async () => {
    const collector = await make();
    const run = await callAll({ ANALYTICS_API_KEY: apiKey, ANALYTICS_ENDPOINT: collector.url });
    expect(run.outcomes).toEqual(outcomesWithout);
    expect(run.protocolErrors).toEqual([]);
    expect(run.stderr).not.toContain(apiKey);
    expect(run.stderr.split("\n").filter((line) => /analytics/i.test(line)).length).toBeLessThanOrEqual(1);
    expect(isAlive(run.pid)).toBe(false);
    // Where it can be counted: the events were really tried, so the answers above did not come from analytics being off.
    if (collector.connections() !== -1) expect(collector.connections()).toBeGreaterThan(0);
    await collector.close();
  });
});
