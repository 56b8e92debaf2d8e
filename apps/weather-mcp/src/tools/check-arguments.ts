import type * as z from "zod/v4";
import { WeatherError } from "../errors/weather-error.ts";
import type { Tool } from "./tool.ts";

/** Problems that are told at once; the rest would hide the first. */
const MAX_PROBLEMS = 3;

/** The arguments of a call with defaults filled in. Throws INVALID_INPUT that names each field and what it may be. */
export function checkArguments(tool: Tool, args: unknown): unknown {
  const parsed = tool.input.safeParse(args);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.slice(0, MAX_PROBLEMS).map(problemOf);
  throw new WeatherError("INVALID_INPUT", `${problems.join("; ")}.`, {
    reason: "invalid_arguments",
    hint: `Correct that and call again. ${tool.name} takes: ${Object.keys(tool.input.shape).join(", ")}.`,
  });
}

function problemOf(issue: z.core.$ZodIssue): string {
  if (issue.code === "unrecognized_keys") return `${issue.keys.join(", ").slice(0, 100)}: no such argument`;
  const field = issue.path.join(".") || "arguments";
  return `${field}: ${issue.message.charAt(0).toLowerCase()}${issue.message.slice(1)}`;
}
