import type { StorageReports } from "./storage-reports.ts";

/** The part of a logger that is used. */
export interface ReportLogger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

const seconds = (ms: number) => Math.round(ms / 100) / 10;

/**
 * Writes reports of storage to the log.
 *
 * @param refusedRequests requests that were refused because storage is out, since the start of the process
 */
export function logReports(logger: ReportLogger, refusedRequests: () => number): StorageReports {
  let refusedBefore = 0;
  return {
    lost(code) {
      refusedBefore = refusedRequests();
      logger.warn({ code }, "storage is out: events are refused with 503 until it is back");
    },
    returned(durationMs) {
      const refused = refusedRequests() - refusedBefore;
      logger.info(
        { seconds: seconds(durationMs), refusedRequests: refused },
        "storage is back: events are stored again",
      );
    },
    clocksDiffer(aheadMs) {
      const fields = { aheadSeconds: seconds(aheadMs) };
      logger.warn(
        fields,
        "the clocks of this machine and of the database differ: retention uses the earlier one, set both",
      );
    },
    dropPlanned({ inMs, ...plan }) {
      const fields = { ...plan, inSeconds: seconds(inMs) };
      logger.warn(fields, "days past RAW_RETENTION_DAYS will be dropped: to keep them, stop now and raise it");
    },
    dropped({ day, rows }) {
      logger.info({ day, rows }, "a day past RAW_RETENTION_DAYS was dropped");
    },
  };
}
