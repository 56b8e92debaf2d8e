import { PROBLEMS } from "@org/mcp-analytics-schema";
import { describe, expect, test } from "vitest";
import { chooseCases, GROUPS } from "../attack/groups.ts";
import { HELP, readOptions } from "../attack/options.ts";
import { findOpenAnswer } from "../attack/oracles/closed-answers.ts";
import { rowOf } from "../attack/oracles/ledger.ts";
import { findInLog } from "../attack/oracles/silence.ts";
import { probabilityOfLonger } from "../attack/oracles/time-samples.ts";
import { summarise } from "../attack/report.ts";
import { newBatchId } from "../attack/runner/trial.ts";
import { makeAnswer, takeAnswer } from "../attack/wire/answer.ts";

const safe = { "cache-control": "no-store", "x-content-type-options": "nosniff" };
const json = { ...safe, "content-type": "application/json; charset=utf-8" };
const problemHeaders = { ...safe, "content-type": "application/problem+json; charset=utf-8" };
const { error } = PROBLEMS["invalid-event"];
const problem = { type: "/problems/invalid-event", title: error, status: 400, code: "invalid-event", error };
const open = (status: number, headers: Record<string, string>, body: unknown) =>
  findOpenAnswer(makeAnswer(status, headers, JSON.stringify(body)), true);

describe("an answer is open", () => {
  test.each([
    ["with a stack", 400, problemHeaders, { ...problem, stack: "at x.js:1" }],
    ["with a value", 400, problemHeaders, { ...problem, details: [{ index: 0, reason: "invalid_tool", value: "x" }] }],
    ["with a reason of its own", 400, problemHeaders, { ...problem, details: [{ index: 0, reason: "bad alice" }] }],
    ["with another sentence", 400, problemHeaders, { ...problem, error: "Invalid event data: alice" }],
    ["with a status of its own", 401, problemHeaders, problem],
    ["without nosniff", 400, { ...problemHeaders, "x-content-type-options": "" }, problem],
    ["without no-store", 201, { ...json, "cache-control": "public" }, { success: true }],
    ["with the name of a server", 201, { ...json, server: "x" }, { success: true }],
    ["with a cookie", 201, { ...json, "set-cookie": "a=b" }, { success: true }],
    ["with a receipt of its own", 201, json, { success: true, id: 7 }],
    ["with health that says more", 200, json, { status: "ok", version: "1" }],
  ])("%s", (_what, status, headers, body) => {
    expect(open(status, headers, body)).toEqual(expect.any(String));
  });

  test("not when it is of the contract", () => {
    expect(open(400, problemHeaders, problem)).toBeUndefined();
    expect(open(201, json, { success: true })).toBeUndefined();
    expect(
      open(201, json, { success: true, accepted: 1, rejected: [{ index: 1, reason: "invalid_tool" }] }),
    ).toBeUndefined();
  });
});

test("a log is searched for secrets, keys, addresses, statements and faults", () => {
  const secrets = new Set(["canary"]);
  for (const line of [
    '{"msg":"canary"}',
    '{"msg":"wmc_0123456789abcdef"}',
    '{"remoteAddress":"x"}',
    '{"msg":"from 198.51.100.7"}',
    "STATEMENT:  insert into events_raw",
    '{"level":"error","msg":"request failed"}',
  ]) {
    expect(findInLog(line, secrets, false), line).not.toEqual([]);
  }
  expect(findInLog('{"level":"info","msg":"closing"}', secrets, false)).toEqual([]);
  expect(findInLog('{"level":"error","msg":"request failed"}', secrets, true)).toEqual([]);
});

test("rows are told apart by every field", () => {
  const event = { tool: "t", success: true, timestamp: 1, durationMs: 2 } as const;
  const rows = [
    rowOf(1, event),
    rowOf(2, event),
    rowOf(1, { ...event, tool: "u" }),
    rowOf(1, { ...event, timestamp: 2 }),
    rowOf(1, { ...event, durationMs: 3 }),
    rowOf(1, { ...event, success: false }),
    rowOf(1, { ...event, success: false, errorType: "E" }),
  ];
  expect(new Set(rows).size).toBe(rows.length);
});

test("samples of one kind are longer half of the time", () => {
  expect(probabilityOfLonger([1, 2, 3], [1, 2, 3])).toBe(0.5);
  expect(probabilityOfLonger([4, 5], [1, 2])).toBe(1);
});

test("an answer is taken off a connection only when it is whole, by length, chunks or the end", () => {
  const take = (text: string, ended = false) => takeAnswer(text, true, ended)?.answer.body;
  expect(take("HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nab")).toBeUndefined();
  expect(take("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nab")).toBe("ab");
  expect(take("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nab\r\n")).toBeUndefined();
  expect(take("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n")).toBe("ab");
  expect(take("HTTP/1.1 200 OK\r\n\r\nab")).toBeUndefined();
  expect(take("HTTP/1.1 200 OK\r\n\r\nab", true)).toBe("ab");
});

test("every case has an id of its own; groups, prefixes and ids choose; a name that is none is an error", () => {
  const all = chooseCases([]);
  expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
  expect(chooseCases(["SG-2"]).map(({ id }) => id)).toEqual(["SG-2"]);
  expect(chooseCases(["signature"]).length).toBe(chooseCases(["sg"]).length - 1);
  for (const { name } of GROUPS) expect(HELP).toContain(name);
  expect(() => chooseCases(["nothing"])).toThrow("--list");
});

test("options that cannot be meant are refused", () => {
  expect(readOptions(["--url", "http://127.0.0.1:3000", "--json"])).toMatchObject({
    url: "http://127.0.0.1:3000",
    json: true,
  });
  for (const args of [
    ["--url", "x"],
    ["--url", "ftp://127.0.0.1"],
    ["--url", "http://h/v1"],
    ["--fuzz", "0"],
    ["--nope"],
  ])
    expect(() => readOptions(args)).toThrow();
});

test("the summary counts what passed, failed and was skipped", () => {
  const one = { id: "A", what: "w", tries: 1, tookMs: 1 };
  const results = [
    { ...one, outcome: "passed" },
    { ...one, outcome: "failed", reason: "r" },
    { ...one, outcome: "skipped", reason: "s" },
  ] as const;
  const failed = [{ id: "A", what: "w", reason: "r" }];
  expect(summarise(results, 2)).toEqual({ cases: 3, passed: 1, skipped: 1, failed, repeated: 0, seconds: 2 });
});

test("batch ids are UUIDs of version 7", () => {
  expect(newBatchId()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});
