import { existsSync, readdirSync, readFileSync } from "node:fs";
import { PROBLEMS, type ProblemCode } from "@org/mcp-analytics-schema";
import { afterEach, describe, expect, test } from "vitest";
import { StorageUnavailableError } from "../../src/storage/errors.ts";
import { expectProblem } from "./problems.ts";
import { startTestCollector, type TestCollector } from "./test-collector.ts";

const root = new URL("../../../../", import.meta.url);
const document = readFileSync(new URL("ARCHITECTURE.md", root), "utf8");

interface Row {
  readonly stage: string;
  readonly files: readonly string[];
  readonly failure: string;
}

/** Rows of the table that follows a sentence. */
function tableAfter(sentence: string): Row[] {
  const from = document.indexOf(sentence);
  expect(from).toBeGreaterThan(-1);
  const [, lines = ""] = /\n\n((?:\|.*\n)+)/.exec(document.slice(from)) ?? [];
  const rows = lines.trim().split("\n").slice(2);
  return rows.map((line) => {
    const [stage = "", where = "", , failure = ""] = line.slice(1, -1).split("|");
    return { stage: stage.trim(), files: [...where.matchAll(/`([^`]+)`/g)].map(([, file = ""]) => file), failure };
  });
}

const stages = tableAfter("In the collector (");
const STAGE_NAMES: ReadonlySet<string> = new Set(stages.map(({ stage }) => stage));

/** What is wrong with a request, stage by stage in the order of the code, and the problem that each is answered with. */
const FAULTS = {
  connection: undefined,
  framing: "unsupported-media-type",
  "address limit": "rate-limited",
  credentials: "conflicting-credentials",
  key: "key-disabled",
  "signature headers": "signature-expired",
  "key limit": "rate-limited",
  body: "body-too-large",
  signature: "invalid-signature",
  parse: "malformed-json",
  validate: "invalid-event",
  "group commit": "storage-unavailable",
} as const satisfies Record<string, ProblemCode | undefined>;
type Fault = keyof typeof FAULTS;
const ORDER = Object.keys(FAULTS) as Fault[];
/** Stages that refuse no single event. */
const REFUSE_NO_EVENT = ["event limit", "names", "response"];

let collector: TestCollector | undefined;
afterEach(() => collector?.close());

function bodyText(faulty: (fault: Fault) => boolean, event: object): string {
  if (faulty("body")) return " ".repeat(2_000);
  if (faulty("parse")) return '{"tool":"",';
  return JSON.stringify(faulty("validate") ? { ...event, tool: "" } : event);
}

/** Names of the stages among the hooks of a route, as Fastify lists them. */
function hooksOf(suffix: string, phase: "onRequest" | "preHandler"): string[] {
  const tree = collector?.app.printRoutes({ commonPrefix: false, includeHooks: true }) ?? "";
  const lines = tree.split("\n");
  const routeAt = lines.findIndex((line) => line.includes(` ${suffix} (POST)`));
  expect(routeAt).toBeGreaterThan(-1);
  const line = lines.slice(routeAt + 1).find((text) => text.includes(`(${phase})`)) ?? "";
  return [...line.matchAll(/"([^"]*?)\(\)"/g)].map(([, name = ""]) => name).filter((name) => STAGE_NAMES.has(name));
}

/** Sends an event with every fault of these at once. */
async function sendFaulty(faults: readonly Fault[]): Promise<Response> {
  const faulty = (fault: Fault) => faults.includes(fault);
  collector = await startTestCollector({ config: { ipLimitRequests: faulty("address limit") ? 1 : 1_000 } });
  const { keyStore, clock, event, url, writer } = collector;
  if (faulty("address limit")) await fetch(`${url}/nothing`);
  if (faulty("group commit")) writer.failure = new StorageUnavailableError("57P01");
  const key = keyStore.add({
    status: faulty("key") ? "disabled" : "active",
    rateLimitPerDay: faulty("key limit") ? 0 : null,
  });
  const text = bodyText(faulty, event());
  const isSigned = faulty("signature") || faulty("signature headers");
  return fetch(`${url}/v1/events`, {
    method: "POST",
    headers: {
      "content-type": faulty("framing") ? "text/plain" : "application/json",
      "x-api-key": key.apiKey,
      ...(faulty("connection") && { "x-long": "x".repeat(9_000) }),
      ...(faulty("credentials") && { authorization: `Bearer ${key.apiKey}` }),
      ...(isSigned && {
        "x-timestamp": String(clock.now() - (faulty("signature headers") ? 61_000 : 0)),
        "x-signature": "0".repeat(64),
      }),
    },
    // In chunks, so that no header says how long it is.
    body: new Blob([text]).stream(),
    duplex: "half",
  } as RequestInit);
}

describe("the table of stages", () => {
  test("has the stages of the code, in their order", () => {
    expect(stages.map(({ stage }) => stage).filter((stage) => !REFUSE_NO_EVENT.includes(stage))).toEqual(ORDER);
    expect(stages.map(({ stage }) => stage).slice(-3)).toEqual(["names", "group commit", "response"]);
  });

  test("names the hooks that Fastify has for the routes of events, in their order", async () => {
    collector = await startTestCollector();
    const table = stages.map(({ stage }) => stage);
    const [beforeBody, afterBody] = [table.slice(0, table.indexOf("body")), table.slice(table.indexOf("body") + 1, -3)];
    expect(hooksOf("/v1/events", "onRequest")).toEqual(beforeBody);
    expect(hooksOf("/batch", "onRequest")).toEqual(beforeBody);
    expect(hooksOf("/batch", "preHandler")).toEqual(afterBody);
    // A single event has none beyond the first.
    expect(hooksOf("/v1/events", "preHandler")).toEqual(afterBody.filter((stage) => stage !== "event limit"));
  });

  test.each(ORDER.map((stage, index) => [stage, ORDER.slice(index)] as const))(
    "%s fails before everything that follows",
    async (stage, faults) => {
      const response = await sendFaulty(faults);
      const code = FAULTS[stage];
      const status = code === undefined ? 431 : PROBLEMS[code].status;
      expect(response.status).toBe(status);
      if (code !== undefined) {
        const { limit } = await expectProblem(response, code);
        if (stage === "address limit") expect(limit).toBe(1);
        if (stage === "key limit") expect(limit).toBe(0);
      }
      expect(stages.find((row) => row.stage === stage)?.failure).toContain(String(status));
      expect(collector?.writer.events).toEqual([]);
    },
  );

  test("a request without a fault passes them all", async () => {
    expect((await sendFaulty([])).status).toBe(201);
  });

  test("the events of a batch are charged after they are checked, and before anything is stored", async () => {
    collector = await startTestCollector();
    const { keyStore, event, sendBatch, writer, metrics } = collector;
    const key = keyStore.add({ tier: "free" });
    const batch = (number: number, events: unknown[]) =>
      sendBatch(
        { batchId: `01234567-0123-7123-8123-${String(number).padStart(12, "0")}`, events },
        { "x-api-key": key.apiKey },
      );
    // 9,999 of the 10,000 events of a day in requests of up to 100: ten at once, then one in 40 s.
    for (let i = 0; i < 100; i++) {
      if (i >= 10) collector.clock.advance(40_000);
      expect(
        (
          await batch(
            i,
            Array.from({ length: i === 0 ? 99 : 100 }, () => event()),
          )
        ).status,
      ).toBe(201);
    }
    collector.clock.advance(80_000);
    const before = writer.events.length;
    // The first event comes with the request, so the second is one too many.
    await expectProblem(await batch(100, [event({ tool: "" }), event({ tool: "" })]), "no-valid-event");
    await expectProblem(await batch(101, [event(), event()]), "rate-limited");
    expect([writer.events.length, metrics.outcomes.events.accepted]).toEqual([before, 9_999]);
    expect((await batch(102, [event()])).status).toBe(201);
  });

  test("a key is looked up by none of the stages before its own", async () => {
    await sendFaulty(["credentials"]);
    expect(collector?.keyStore.lookups).toBe(0);
    await collector?.close();
    await sendFaulty(["signature headers"]);
    expect(collector?.keyStore.lookups).toBe(1);
  });
});

test.each([
  ["In the MCP server (", "packages/analytics-client/src/"],
  ["In the collector (", "apps/collector/src/"],
  ["From there to the page:", "apps/collector/src/"],
  ["## Folders of the collector", "apps/collector/src/"],
])("every file and folder in the table after %s exists", (sentence, folder) => {
  const table = tableAfter(sentence);
  expect(table.length).toBeGreaterThan(2);
  for (const { stage, files } of table) {
    const named = sentence.startsWith("##") ? [...stage.matchAll(/`([^`]+)`/g)].map(([, file = ""]) => file) : files;
    expect(named.length).toBeGreaterThan(0);
    for (const file of named) {
      const found = [folder, ""].some((base) => existsSync(new URL(base + file, root)));
      expect([file, found]).toEqual([file, true]);
    }
  }
});

test("every file of ingest, and every folder of the collector, has its place in the document", () => {
  const source = new URL("apps/collector/src/", root);
  const names = [
    ...readdirSync(new URL("ingest/", source)),
    ...readdirSync(source, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => `${name}/`),
  ];
  expect(names.length).toBeGreaterThan(20);
  for (const name of names) expect(document).toMatch(new RegExp(`\`(?:ingest/)?${name.replace(".", "\\.")}\``));
});
