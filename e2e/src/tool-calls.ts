export interface ToolCall {
  readonly tool: string;
  readonly arguments: Record<string, unknown>;
}

interface Weighted<T> {
  readonly weight: number;
  readonly make: (place: Place, pick: Pick) => T;
}
interface Place {
  readonly latitude: number;
  readonly longitude: number;
}
type Pick = (below: number) => number;

const PLACES: readonly Place[] = [
  { latitude: 42.65, longitude: -73.76 },
  { latitude: 30.27, longitude: -97.74 },
  { latitude: 47.61, longitude: -122.33 },
  { latitude: 39.74, longitude: -104.99 },
  { latitude: 52.52, longitude: 13.41 },
  { latitude: 48.86, longitude: 2.35 },
  { latitude: 19.08, longitude: 72.88 },
  { latitude: -33.87, longitude: 151.21 },
];

const history = (place: Place, more: Record<string, unknown> = {}): ToolCall => ({
  tool: "get_historical_weather",
  arguments: { ...place, start_date: "2025-01-10", end_date: "2025-01-16", ...more },
});
/** One of 28 starts in a month, so that hardly any question is answered from a cache. */
const someDay = (pick: Pick) => `2024-05-${String(1 + pick(28)).padStart(2, "0")}`;

/** What people ask a weather server, roughly as often as they ask it, with the mistakes that they and models make. */
const MIX: readonly Weighted<ToolCall>[] = [
  { weight: 36, make: (place, pick) => ({ tool: "get_forecast", arguments: { ...place, days: 1 + pick(7) } }) },
  {
    weight: 16,
    make: (place, pick) => ({
      tool: "get_forecast",
      arguments: { ...place, granularity: "hourly", hours: 6 * (1 + pick(8)) },
    }),
  },
  { weight: 14, make: (place) => ({ tool: "get_current_conditions", arguments: { ...place } }) },
  { weight: 8, make: (place) => ({ tool: "get_alerts", arguments: { ...place } }) },
  { weight: 14, make: (place, pick) => history(place, { start_date: someDay(pick), end_date: "2024-06-05" }) },
  // a span that ends before it begins
  { weight: 3, make: (place) => history(place, { start_date: "2025-02-01", end_date: "2025-01-01" }) },
  // more days than anybody can forecast
  { weight: 3, make: (place) => ({ tool: "get_forecast", arguments: { ...place, days: 400 } }) },
  // a place that does not exist
  { weight: 3, make: () => ({ tool: "get_forecast", arguments: { location: "Nowhere-at-all, ZZ" } }) },
  // a source that needs a token which is not set
  { weight: 2, make: () => history({ latitude: 42.65, longitude: -73.76 }, { source: "noaa-cdo" }) },
  // a tool that no weather server has
  { weight: 1, make: () => ({ tool: "get_tea_leaves", arguments: {} }) },
];

/**
 * The same `count` calls on every run: a seeded mix of the tools that the server offers, of which some fail.
 *
 * @param offered names of the server's tools; a call to another one is left out, apart from the one that is meant to be unknown
 */
export function plannedCalls(count: number, offered: readonly string[]): ToolCall[] {
  const pick = seededPick(20_260_101);
  const known = MIX.filter(({ make }) => {
    const { tool } = make(placeAt(0), () => 0);
    return offered.includes(tool) || tool === "get_tea_leaves";
  });
  const totalWeight = known.reduce((sum, { weight }) => sum + weight, 0);
  return Array.from({ length: count }, () => {
    let left = pick(totalWeight);
    for (const { weight, make } of known) {
      if (left < weight) return make(somewhereNear(placeAt(pick(PLACES.length)), pick), pick);
      left -= weight;
    }
    throw new Error("the weights do not add up");
  });
}

function placeAt(index: number): Place {
  return PLACES[index] ?? { latitude: 0, longitude: 0 };
}

function somewhereNear({ latitude, longitude }: Place, pick: Pick): Place {
  return { latitude: rounded(latitude + pick(40) / 100), longitude: rounded(longitude + pick(40) / 100) };
}

const rounded = (degrees: number) => Math.round(degrees * 100) / 100;

/** Numerical Recipes' linear congruential generator: good enough to mix calls, and the same everywhere. */
function seededPick(seed: number): Pick {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}
