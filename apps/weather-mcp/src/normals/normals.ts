import { lastDateOfMonth } from "../time/calendar.ts";
import type { Fetched } from "../upstream/upstream-client.ts";

/** A calendar day or a month, in a year. */
export interface Period {
  /** `YYYY-MM-DD` or `YYYY-MM`. */
  readonly text: string;
  readonly isMonth: boolean;
  readonly from: string;
  readonly to: string;
}

export function periodOf(text: string): Period {
  const isMonth = text.length === 7;
  return { text, isMonth, from: isMonth ? `${text}-01` : text, to: isMonth ? lastDateOfMonth(text) : text };
}

/** What is usual in a period, or what it was like: °C and mm. */
export interface ClimateValues {
  readonly tempMaxC: number | null;
  readonly tempMinC: number | null;
  readonly tempMeanC: number | null;
  readonly precipMm: number | null;
}

export interface Normals {
  readonly values: ClimateValues;
  /** "1991-2020 normals of station …" or "mean of 1991-2020 …". */
  readonly baseline: string;
  readonly stationId: string | null;
  readonly source: "ncei" | "open-meteo";
  readonly fetched: Fetched<unknown>;
  /** Highs of the baseline's own days round this one, for a rank; empty for station normals. */
  readonly highsC: readonly number[];
}

export interface Actual {
  readonly values: ClimateValues;
  readonly kind: "station" | "reanalysis" | "forecast";
  readonly attribution: string;
  /** What has to be said about how it was got. */
  readonly warnings: readonly string[];
  readonly fetched: readonly Fetched<unknown>[];
}
