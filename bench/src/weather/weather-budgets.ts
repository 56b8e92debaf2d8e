import { table } from "../figures/table.ts";
import type { WeatherFigures } from "./measure-weather.ts";

/** What the weather server may cost at most. */
export const WEATHER_BUDGETS = {
  toolsListBytes: [8 * 1024, "bytes of tools/list that a model is shown"],
  maxStructuredChars: [16_000, "characters of the largest structured answer"],
  maxTextChars: [12_000, "characters of the largest text"],
  coldStartMs: [400, "ms from start to answered initialize, median"],
  cachedP50Ms: [2, "ms for an answer from memory, p50"],
  concurrentHits: [1, "requests for two equal concurrent calls"],
} as const satisfies Partial<Record<keyof WeatherFigures, readonly [most: number, what: string]>>;

type Budget = keyof typeof WEATHER_BUDGETS;

export interface WeatherResult extends WeatherFigures {
  /** every budget is kept */
  readonly passed: boolean;
  readonly must: Readonly<Record<Budget, { readonly most: number; readonly met: boolean }>>;
}

export function weatherResult(figures: WeatherFigures): WeatherResult {
  const must = Object.fromEntries(
    Object.entries(WEATHER_BUDGETS).map(([figure, [most]]) => [
      figure,
      { most, met: figures[figure as Budget] <= most },
    ]),
  ) as WeatherResult["must"];
  return { ...figures, passed: Object.values(must).every(({ met }) => met), must };
}

export function weatherText(result: WeatherResult): string {
  const rows = Object.entries(WEATHER_BUDGETS).map(([figure, [most, what]]) => {
    const { met } = result.must[figure as Budget];
    return [what, String(result[figure as Budget]), `<= ${most}`, met ? "met" : "MISSED"];
  });
  return `\n${table([["figure", "value", "must", ""], ...rows])}\n`;
}
