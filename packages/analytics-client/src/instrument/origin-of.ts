import { SOFTWARE_NAME_PATTERN, SOFTWARE_VERSION_PATTERN } from "@org/mcp-analytics-schema/constants";
import type { Origin, Software } from "../queue/origin.ts";
import { clientName } from "./client-name.ts";
import type { LowLevelServer } from "./shapes.ts";

const CLIENT_INFO = "io.modelcontextprotocol/clientInfo";

/** Finds out where a call ran, at its start: identity is per request in the modern era, and may change under an await. */
export type OriginOf = (request: unknown, context: unknown) => Origin | undefined;

export function createOriginOf(low: LowLevelServer): OriginOf {
  const server = readSoftware(low._serverInfo);
  const origins = new Map<string | undefined, Origin>();
  return (request, context) => {
    const reported =
      Object(Object(Object(context).mcpReq).envelope)[CLIENT_INFO] ??
      Object(Object(Object(request).params)._meta)[CLIENT_INFO] ??
      low.getClientVersion?.();
    const client = clientName(Object(reported).name);
    let origin = origins.get(client);
    if (!origin) {
      origin = { server, client };
      origins.set(client, origin);
    }
    return origin;
  };
}

function readSoftware(info: LowLevelServer["_serverInfo"]): Software | undefined {
  const { name, version } = Object(info);
  const valid =
    typeof name === "string" &&
    typeof version === "string" &&
    new RegExp(SOFTWARE_NAME_PATTERN).test(name) &&
    new RegExp(SOFTWARE_VERSION_PATTERN).test(version);
  return valid ? { name, version } : undefined;
}
