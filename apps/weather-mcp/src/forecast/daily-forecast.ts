import { WeatherError } from "../errors/weather-error.ts";
import type { Located } from "../location/locate.ts";
import type { Provenance } from "../output/answer.ts";
import { addDays } from "../time/calendar.ts";
import { localDate } from "../time/zone.ts";
import type { CallScope } from "../upstream/call-scope.ts";
import { type CoveredPoint, NWS_ATTRIBUTION } from "../upstream/nws.ts";
import { OPEN_METEO_ATTRIBUTION } from "../upstream/open-meteo.ts";
import type { Fetched } from "../upstream/upstream-client.ts";
import type { WeatherServices } from "../upstream/weather-services.ts";
import type { DailyRow } from "./daily-rows.ts";
import { type ForecastSource, fromNwsOrOpenMeteo } from "./forecast-source.ts";
import { nwsDailyRows } from "./nws-daily.ts";
import { openMeteoDailyRows } from "./open-meteo-daily.ts";

export interface DailyForecast {
  readonly rows: readonly DailyRow[];
  readonly provenance: Provenance;
  readonly warnings: readonly string[];
}

interface Gathered {
  rows: DailyRow[];
  fetched: Fetched<unknown>[];
  issuedAtMs: number | null;
  warnings: string[];
}

/** `days` local days from today on. */
export async function dailyForecast(
  located: Located,
  days: number,
  asked: ForecastSource,
  services: WeatherServices,
  scope: CallScope,
): Promise<DailyForecast> {
  const { place } = located;
  const nowMs = services.clock.now();
  const today = localDate(nowMs, place.timezone);
  const lastDate = addDays(today, days - 1);
  const openMeteo = async (): Promise<Gathered> => {
    const { rows, fetched } = await openMeteoDailyRows(services.openMeteo, place, scope);
    return { rows, fetched: [fetched], issuedAtMs: null, warnings: [] };
  };
  const nws = async (point: CoveredPoint): Promise<Gathered> => {
    const gathered = await gatherNws(point, place.timezone, services, scope);
    if (asked === "nws") return gathered;
    return extend(gathered, lastDate, openMeteo, scope);
  };
  const { value, source, fallbackFrom, warnings } = await fromNwsOrOpenMeteo(asked, located, services, scope, {
    nws,
    openMeteo,
  });
  const rows = value.rows.filter((row) => row.date >= today && row.date <= lastDate);
  if (rows.length === 0) throw emptyForecast(source);
  const short = rows.length < days ? [`Only ${rows.length} of the ${days} days asked for are forecast.`] : [];
  const mixed = source === "nws" && rows.some((row) => row.source === "open-meteo");
  return {
    rows,
    provenance: {
      source: mixed ? "nws+open-meteo" : source,
      fallbackFrom,
      issuedAtMs: value.issuedAtMs,
      fetched: value.fetched,
      attribution:
        source === "open-meteo"
          ? OPEN_METEO_ATTRIBUTION
          : mixed
            ? `${NWS_ATTRIBUTION}; ${OPEN_METEO_ATTRIBUTION}`
            : NWS_ATTRIBUTION,
    },
    warnings: [...warnings, ...value.warnings, ...short],
  };
}

async function gatherNws(
  point: CoveredPoint,
  zone: string,
  services: WeatherServices,
  scope: CallScope,
): Promise<Gathered> {
  const [forecast, grid] = await Promise.all([
    services.nws.forecast(point, scope),
    services.nws.gridData(point, scope).catch(() => {
      scope.signal.throwIfAborted();
      return null;
    }),
  ]);
  const warnings = grid ? [] : ["Rain and snow amounts and gusts could not be fetched."];
  const issued = forecast.value.issuedAt === null ? Number.NaN : Date.parse(forecast.value.issuedAt);
  return {
    rows: nwsDailyRows(forecast.value, grid?.value ?? null, zone, services.clock.now()),
    fetched: grid ? [forecast, grid] : [forecast],
    issuedAtMs: Number.isNaN(issued) ? null : issued,
    warnings,
  };
}

/** Adds the days that the NWS does not reach. Its own last day is often a daytime without a night; that one is replaced. */
async function extend(
  gathered: Gathered,
  lastDate: string,
  openMeteo: () => Promise<Gathered>,
  scope: CallScope,
): Promise<Gathered> {
  const whole = gathered.rows.filter((row, index) => index === 0 || row.lowC !== null);
  const reached = whole.at(-1)?.date ?? "";
  if (reached >= lastDate) return { ...gathered, rows: whole };
  try {
    const more = await openMeteo();
    const later = more.rows.filter((row) => row.date > reached);
    return { ...gathered, rows: [...whole, ...later], fetched: [...gathered.fetched, ...more.fetched] };
  } catch (error) {
    if (scope.signal.aborted || !(error instanceof WeatherError)) throw error;
    return { ...gathered, warnings: [...gathered.warnings, `Days after ${reached} are missing: ${error.message}`] };
  }
}

function emptyForecast(source: "nws" | "open-meteo"): WeatherError {
  return new WeatherError("UNKNOWN", "The forecast that came has no day from today on.", {
    reason: "upstream_bad_response",
    hint: "Try again in a few minutes, or with another source.",
    upstream: source,
    retryable: true,
  });
}
