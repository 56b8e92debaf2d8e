import { type Clock, systemClock } from "./clock.ts";
import { printingTransport } from "./delivery/printing-transport.ts";
import { createTransport, type Transport } from "./delivery/transport.ts";
import { createNotice, type Notice } from "./notice.ts";

/** Everything of the outside world that a client touches; tests replace it. */
export interface Runtime {
  readonly clock: Clock;
  /** 0 to 1. */
  readonly random: () => number;
  readonly notice: Notice;
  /** @param url the batch route; undefined: nothing may be sent */
  readonly openTransport: (url: URL | undefined) => Transport;
}

export function systemRuntime(): Runtime {
  return {
    clock: systemClock,
    random: Math.random,
    notice: createNotice(),
    openTransport: (url) => (url ? createTransport(url) : printingTransport),
  };
}
