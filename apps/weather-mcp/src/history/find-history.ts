import { invalidInput, WeatherError } from "../errors/weather-error.ts";
import type { Located } from "../location/locate.ts";
import type { Provenance } from "../output/answer.ts";
import { type CalendarDate, earlierOf, lastDateOfMonth, monthOf } from "../time/calendar.ts";
import type { CallScope } from "../upstream/call-scope.ts";
import { CDO_ATTRIBUTION } from "../upstream/cdo.ts";
import { NCEI_ATTRIBUTION } from "../upstream/ncei.ts";
import { OPEN_METEO_ATTRIBUTION } from "../upstream/open-meteo.ts";
import type { WeatherServices } from "../upstream/weather-services.ts";
import { archiveDaily, archiveHourly, type Span, yesterdayAt } from "./archive-history.ts";
import type { Granularity } from "./check-span.ts";
import type { HistoryField, HistoryRow } from "./history-rows.ts";
import { monthlyRows } from "./monthly.ts";
import { cdoDaily, type StationHistory, stationDaily, stationMonthly, type UsedStation } from "./station-history.ts";

export interface HistoryRequest {
  readonly span: Span;
  readonly granularity: Granularity;
  readonly stationId: string | undefined;
  readonly source: "auto" | "ncei" | "noaa-cdo" | "open-meteo";
}

export interface FoundHistory {
  readonly rows: readonly HistoryRow[];
  /** null for reanalysis. */
  readonly station: UsedStation | null;
  readonly provenance: Provenance;
  readonly warnings: readonly string[];
  readonly expected: readonly HistoryField[];
}

/** Station records in the United States, reanalysis elsewhere and where stations fail; CDO only when it is asked for. */
export async function findHistory(
  request: HistoryRequest,
  located: Located,
  services: WeatherServices,
  scope: CallScope,
): Promise<FoundHistory> {
  const { granularity, source, stationId } = request;
  if (granularity === "hourly" && (source === "ncei" || source === "noaa-cdo")) {
    throw invalidInput("source", `${source} has no hourly rows here`, 'Use source "auto" for hourly rows.');
  }
  if (source === "noaa-cdo") return fromStation("noaa-cdo", request, located, services, scope);
  const stations = source === "ncei" || stationId !== undefined;
  if (!stations && (source === "open-meteo" || granularity === "hourly" || !located.inUs)) {
    return fromArchive(request, located, services, scope, null);
  }
  try {
    return await fromStation("ncei", request, located, services, scope);
  } catch (error) {
    if (stations || scope.signal.aborted || !(error instanceof WeatherError)) throw error;
    return fromArchive(request, located, services, scope, error);
  }
}

async function fromStation(
  source: "ncei" | "noaa-cdo",
  { span, granularity, stationId }: HistoryRequest,
  { place }: Located,
  { ncei, cdo, clock }: WeatherServices,
  scope: CallScope,
): Promise<FoundHistory> {
  let found: StationHistory;
  if (source === "ncei") {
    const records = granularity === "monthly" ? stationMonthly : stationDaily;
    found = await records(ncei, place, span, stationId, clock.now(), scope);
  } else {
    const yesterday = yesterdayAt(place.timezone, clock.now());
    const wanted = granularity === "monthly" ? wholeMonths(span, yesterday) : span;
    const daily = await cdoDaily(cdo, place, wanted, stationId, scope);
    found = granularity === "monthly" ? { ...daily, rows: monthlyRows(daily.rows) } : daily;
  }
  return {
    rows: found.rows,
    station: found.station,
    provenance: {
      source,
      fetched: [found.fetched],
      attribution: source === "ncei" ? NCEI_ATTRIBUTION : CDO_ATTRIBUTION,
    },
    warnings: found.warnings,
    expected: ["temp_max", "temp_min", "precip"],
  };
}

async function fromArchive(
  { span, granularity }: HistoryRequest,
  { place }: Located,
  { openMeteo, clock }: WeatherServices,
  scope: CallScope,
  instead: WeatherError | null,
): Promise<FoundHistory> {
  const nowMs = clock.now();
  const fetchRows = granularity === "hourly" ? archiveHourly : archiveDaily;
  const wanted = granularity === "monthly" ? wholeMonths(span, yesterdayAt(place.timezone, nowMs)) : span;
  const found = await fetchRows(openMeteo, place, wanted, nowMs, scope);
  const reason = instead ? [`${instead.message} This is reanalysis from Open-Meteo instead.`] : [];
  return {
    rows: granularity === "monthly" ? monthlyRows(found.rows) : found.rows,
    station: null,
    provenance: {
      source: "open-meteo",
      fallbackFrom: instead ? "ncei" : null,
      fetched: [found.fetched],
      attribution: `${OPEN_METEO_ATTRIBUTION}; ERA5 by Copernicus/ECMWF`,
    },
    warnings: [...reason, ...found.warnings],
    expected: granularity === "hourly" ? ["temperature", "precip"] : ["temp_max", "temp_min", "precip"],
  };
}

/** The span widened to whole months, as far as they are past. */
function wholeMonths(span: Span, yesterday: CalendarDate): Span {
  return { from: `${monthOf(span.from)}-01`, to: earlierOf(lastDateOfMonth(monthOf(span.to)), yesterday) };
}
