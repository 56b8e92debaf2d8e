import { writeLine } from "../notice.ts";
import type { Transport } from "./transport.ts";

/** For `ANALYTICS_DEBUG`: prints every payload to stderr and sends nothing. */
export const printingTransport: Transport = {
  async send(body) {
    writeLine(`not sent: ${body}`);
    return { status: 201, headers: {}, body: '{"success":true,"accepted":0,"rejected":[]}' };
  },
  close() {},
};
