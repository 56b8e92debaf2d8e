import { PROBLEMS, type ProblemCode } from "@org/mcp-analytics-schema";
import { expect } from "vitest";
import type { TestCollector } from "./test-collector.ts";

/** Expects a problem answer, exactly as the contract has it. */
export async function expectProblem(response: Response, code: ProblemCode): Promise<Record<string, unknown>> {
  const body = (await response.json()) as Record<string, unknown>;
  const { status, error } = PROBLEMS[code];
  expect({ status: response.status, code: body.code }).toEqual({ status, code });
  expect(body).toMatchObject({ type: `/problems/${code}`, title: error, status, code, error });
  expect(response.headers.get("content-type")).toBe("application/problem+json; charset=utf-8");
  expect(response.headers.get("x-content-type-options")).toBe("nosniff");
  expect(response.headers.get("cache-control")).toBe("no-store");
  return body;
}

/** Expects that nothing was stored by what went before, and that an ordinary event gets through right after. */
export async function expectUnharmed(collector: TestCollector, storedBefore: number): Promise<void> {
  expect(collector.writer.events.length).toBe(storedBefore);
  const response = await collector.sendEvent(collector.event());
  expect(response.status).toBe(201);
  expect(await response.json()).toEqual({ success: true });
  expect(collector.writer.events.length).toBe(storedBefore + 1);
}
