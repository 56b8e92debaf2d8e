import type * as z from "zod/v4";
import type { Answer } from "../output/fit-rows.ts";
import type { CallScope } from "../upstream/call-scope.ts";
import type { WeatherServices } from "../upstream/weather-services.ts";

/** What a tool has at hand during one call. */
export interface ToolCall {
  readonly services: WeatherServices;
  readonly scope: CallScope;
  /** Unix ms at which the call began. */
  readonly nowMs: number;
}

export interface Tool<Input = unknown> {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly input: z.ZodObject;
  readonly output: z.ZodObject;
  /** The answer in both forms. Throws WeatherError. */
  run(input: Input, call: ToolCall): Promise<Answer>;
}

/** Ties the type of a tool's input to its schema. */
export function defineTool<Schema extends z.ZodObject>(
  tool: Omit<Tool<z.output<Schema>>, "input"> & { input: Schema },
): Tool {
  return tool as Tool;
}
