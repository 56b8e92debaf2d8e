import type { HurtableService } from "./running-service.ts";
import type { PostgresOptions } from "./start-postgres.ts";

/** What a supervisor is asked to bring; what is undefined is not started. */
export interface SupervisorOrder {
  readonly postgres?: PostgresOptions | undefined;
  readonly redis?: { readonly settings: readonly string[] } | undefined;
}

/** What it is asked to do to a server that it has started. */
export interface Act {
  readonly server: "postgres" | "redis";
  readonly act: keyof HurtableService;
}
