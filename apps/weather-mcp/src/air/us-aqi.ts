/** Upper bounds of the US air quality index's categories. */
const CATEGORIES: readonly [upTo: number, category: string][] = [
  [50, "Good"],
  [100, "Moderate"],
  [150, "Unhealthy for sensitive groups"],
  [200, "Unhealthy"],
  [300, "Very unhealthy"],
  [Number.POSITIVE_INFINITY, "Hazardous"],
];

/** What an index means; null when there is none, which is not the same as good. */
export function usAqiCategory(index: number | null): string | null {
  if (index === null) return null;
  return CATEGORIES.find(([upTo]) => Math.round(index) <= upTo)?.[1] ?? null;
}

export const POLLUTANTS = ["pm2_5", "pm10", "ozone", "nitrogen_dioxide", "sulphur_dioxide", "carbon_monoxide"] as const;

/** The pollutant whose own index is the highest; null when none is known. */
export function dominantPollutant(indexOf: (pollutant: string) => number | null): string | null {
  let worst: { pollutant: string; index: number } | null = null;
  for (const pollutant of POLLUTANTS) {
    const index = indexOf(pollutant);
    if (index !== null && (worst === null || index > worst.index)) worst = { pollutant, index };
  }
  return worst?.pollutant ?? null;
}
