import { WeatherError } from "../errors/weather-error.ts";
import type { Located } from "../location/locate.ts";
import type { CallScope } from "../upstream/call-scope.ts";
import type { CoveredPoint } from "../upstream/nws.ts";
import type { WeatherServices } from "../upstream/weather-services.ts";

export type ForecastSource = "auto" | "nws" | "open-meteo";

/** An answer with what had to be said about how it was got. */
export interface Sourced<T> {
  readonly value: T;
  readonly source: "nws" | "open-meteo";
  readonly fallbackFrom: "nws" | null;
  readonly warnings: readonly string[];
}

/**
 * NWS where it can be expected, Open-Meteo elsewhere and whenever the NWS fails for whatever reason.
 * A source that was asked for by name is not replaced: its failure is the answer.
 */
export async function fromNwsOrOpenMeteo<T>(
  asked: ForecastSource,
  located: Located,
  services: WeatherServices,
  scope: CallScope,
  sources: { nws: (point: CoveredPoint) => Promise<T>; openMeteo: () => Promise<T> },
): Promise<Sourced<T>> {
  if (asked === "open-meteo" || (asked === "auto" && !located.inUs)) {
    return { value: await sources.openMeteo(), source: "open-meteo", fallbackFrom: null, warnings: [] };
  }
  // It has just failed to say where this is: to ask it again would use up the time of the fallback.
  if (asked === "auto" && located.nwsFailure) return instead(await sources.openMeteo(), located.nwsFailure);
  let failure: WeatherError;
  try {
    const value = await fromNws(located, services, scope, sources.nws);
    return { value, source: "nws", fallbackFrom: null, warnings: [] };
  } catch (error) {
    // Out of time, cancelled, or a fault of our own: no second source can help.
    if (scope.signal.aborted || !(error instanceof WeatherError) || asked === "nws") throw error;
    failure = error;
  }
  return instead(await sources.openMeteo(), failure);
}

function instead<T>(value: T, failure: WeatherError): Sourced<T> {
  const warnings = [`${failure.message} This is from Open-Meteo instead.`];
  return { value, source: "open-meteo", fallbackFrom: "nws", warnings };
}

async function fromNws<T>(
  { place }: Located,
  { nws }: WeatherServices,
  scope: CallScope,
  use: (point: CoveredPoint) => Promise<T>,
): Promise<T> {
  const point = await covered(await nws.point(place.latitude, place.longitude, scope));
  try {
    return await use(point);
  } catch (error) {
    // Grids are redrawn now and then: a remembered cell may be gone. Ask once more where the point lies now.
    if (!(error instanceof WeatherError && error.status === 404)) throw error;
    const moved = await covered(await nws.point(place.latitude, place.longitude, scope, true));
    if (moved.gridId === point.gridId && moved.gridX === point.gridX && moved.gridY === point.gridY) throw error;
    return use(moved);
  }
}

function covered(point: Awaited<ReturnType<WeatherServices["nws"]["point"]>>): CoveredPoint {
  if (point.covered) return point;
  const where = point.reason === "marine" ? "this stretch of sea" : "this place";
  throw new WeatherError("NOT_FOUND", `The National Weather Service has no forecast for ${where}.`, {
    reason: "not_covered",
    hint: 'Let source be "auto" or "open-meteo", which cover the whole world.',
    upstream: "nws",
  });
}

/** Number of active alerts at a place of the United States; null, with a warning, when it could not be found out. */
export async function countAlerts(
  { place, inUs, nwsFailure }: Located,
  { nws }: WeatherServices,
  scope: CallScope,
): Promise<{ count: number | null; warning: string | null }> {
  if (!inUs) return { count: null, warning: null };
  if (nwsFailure) return NOT_COUNTED;
  try {
    const { value } = await nws.alerts(place, scope, { optional: true });
    const warning = value.length > 0 ? `${value.length} active weather alert(s) here: see get_alerts.` : null;
    return { count: value.length, warning };
  } catch {
    scope.signal.throwIfAborted();
    return NOT_COUNTED;
  }
}

const NOT_COUNTED = {
  count: null,
  warning: "Could not check for active weather alerts; this does not mean that there are none.",
};

/** The member `active_alerts` of an answer about a place in the United States, in words. */
export function alertsText(count: number | null): string {
  return `active_alerts ${count ?? "unknown"}`;
}
