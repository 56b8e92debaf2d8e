import { SOFTWARE_NAME_PATTERN, SOFTWARE_VERSION_PATTERN } from "@org/mcp-analytics-schema/constants";
import { matches } from "../matches.ts";
import type { Origin } from "../queue/origin.ts";
import { clientName } from "./client-name.ts";
import type { LowLevelServer } from "./shapes.ts";

const CLIENT_INFO = "io.modelcontextprotocol/clientInfo";

/** Finds out where a call ran, at its start: identity is per request in the modern era, and may change under an await. */
export function createOriginOf(low: LowLevelServer): (request: unknown, context: unknown) => Origin {
  const { name, version } = Object(low._serverInfo);
  const valid = matches(SOFTWARE_NAME_PATTERN, name) && matches(SOFTWARE_VERSION_PATTERN, version);
  const server = valid ? { name, version } : undefined;
  return (request, context) => {
    const info =
      Object(context).mcpReq?.envelope?.[CLIENT_INFO] ??
      Object(request).params?._meta?.[CLIENT_INFO] ??
      low.getClientVersion?.();
    return { server, client: clientName(info?.name) };
  };
}
