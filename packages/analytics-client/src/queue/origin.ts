import type { ClientName } from "@org/mcp-analytics-schema/constants";

/** Name and version of a piece of software. */
export interface Software {
  readonly name: string;
  readonly version: string;
}

/** Where a call ran: level `standard` only. Shared by all calls of one server and client. */
export interface Origin {
  readonly server: Software | undefined;
  readonly client: ClientName | undefined;
}
