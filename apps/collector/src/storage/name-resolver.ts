import type { Event } from "@org/mcp-analytics-schema";
import type { Dictionary, FindId } from "./dictionary.ts";
import type { Delivery } from "./event-writer.ts";
import { type FlushItem, packEvent } from "./flush-item.ts";

/** `error_id` of a success. */
export const SUCCESS_ID = 0;
/** `error_id` of a failure that came without a type. */
export const UNTYPED_FAILURE_ID = -1;

/** Turns the names of a delivery into ids. */
export class NameResolver {
  readonly #tools: Dictionary;
  readonly #errorTypes: Dictionary;

  constructor(tools: Dictionary, errorTypes: Dictionary) {
    this.#tools = tools;
    this.#errorTypes = errorTypes;
  }

  /** At once when every name is known, which is nearly always. */
  resolve(delivery: Delivery): FlushItem | Promise<FlushItem> {
    return this.#tryResolve(delivery) ?? this.#learn(delivery);
  }

  #tryResolve({ projectId, keyId, deliveryId, receivedAt, events }: Delivery): FlushItem | undefined {
    const toolOf = this.#tools.idsOf(projectId);
    const errorTypeOf = this.#errorTypes.idsOf(projectId);
    let packed = "";
    let isTimed = false;
    for (const event of events) {
      const toolId = toolOf(event.tool);
      const errorId = idOfError(event, errorTypeOf);
      if (toolId === undefined || errorId === undefined) return undefined;
      if (event.durationMs !== undefined) isTimed = true;
      const text = packEvent(receivedAt - event.timestamp, toolId, errorId);
      packed = packed === "" ? text : `${packed},${text}`;
    }
    const durations = isTimed ? events.map(({ durationMs }) => durationMs ?? "NULL").join() : undefined;
    return { projectId, keyId, deliveryId, receivedAt, eventCount: events.length, packed, durations };
  }

  async #learn(delivery: Delivery): Promise<FlushItem> {
    const { projectId, events } = delivery;
    for (;;) {
      await this.#tools.learn(projectId, new Set(events.map((event) => event.tool)));
      await this.#errorTypes.learn(projectId, new Set(events.flatMap(errorTypes)));
      const item = this.#tryResolve(delivery);
      // Undefined only when the project fell out of the cache in between.
      if (item !== undefined) return item;
    }
  }
}

function idOfError(event: Event, errorTypeOf: FindId): number | undefined {
  if (event.success) return SUCCESS_ID;
  return event.errorType === undefined ? UNTYPED_FAILURE_ID : errorTypeOf(event.errorType);
}

function errorTypes(event: Event): string[] {
  return !event.success && event.errorType !== undefined ? [event.errorType] : [];
}
