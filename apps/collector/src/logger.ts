import { type DestinationStream, type Logger, pino } from "pino";
import type { Config } from "./config.ts";
import { logSerializers } from "./http/log-serializers.ts";

/**
 * One JSON object a line. Nothing of the machine stands in it, and errors show name, code and frames, never a message:
 * messages may quote what a client sent.
 */
export function createLogger(config: Pick<Config, "logLevel">, destination?: DestinationStream): Logger {
  const options = {
    level: config.logLevel,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: logSerializers,
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}
