/** Weather that is made up, smooth and always the same for a place and an instant: what the routes serve and tests recompute. */

const DAY_MS = 86_400_000;

/** A number in [0, 1) out of whole numbers, always the same. */
export function dice(...seeds: number[]): number {
  let hash = 0x811c9dc5;
  for (const seed of seeds) {
    hash = Math.imul(hash ^ Math.round(seed * 100), 0x01000193);
    hash ^= hash >>> 15;
  }
  return (hash >>> 0) / 0x1_0000_0000;
}

function round(value: number, decimals: number): number {
  const factor = 10 ** decimals;
  return Math.round(value * factor) / factor;
}

/** °C at an instant. Warmest about 15:00 solar time and in the hemisphere's summer. */
export function temperatureAt(latitude: number, longitude: number, unixMs: number): number {
  const dayOfYear = (unixMs / DAY_MS) % 365.25;
  const season = Math.cos(((dayOfYear - 200) / 365.25) * 2 * Math.PI) * Math.sign(latitude || 1);
  const solarHour = (unixMs / 3_600_000 + longitude / 15) % 24;
  const daily = Math.cos(((solarHour - 15) / 24) * 2 * Math.PI);
  const spell = dice(Math.floor(unixMs / DAY_MS), latitude) * 6 - 3;
  return round(28 - 0.42 * Math.abs(latitude) + season * Math.abs(latitude) * 0.28 + daily * 4.5 + spell, 1);
}

/** mm in the hour that ends at the instant. */
export function rainAt(latitude: number, longitude: number, unixMs: number): number {
  const wet = dice(Math.floor(unixMs / (6 * 3_600_000)), latitude, longitude) > 0.75;
  return wet ? round(dice(unixMs / 3_600_000, latitude) * 2, 1) : 0;
}

/** km/h. */
export function windAt(latitude: number, longitude: number, unixMs: number): number {
  return round(6 + dice(Math.floor(unixMs / 10_800_000), latitude, longitude) * 20, 1);
}

export function windDirectionAt(longitude: number, unixMs: number): number {
  return Math.floor(dice(Math.floor(unixMs / 21_600_000), longitude) * 360);
}

export function humidityAt(latitude: number, unixMs: number): number {
  return 45 + Math.floor(dice(Math.floor(unixMs / 3_600_000), latitude) * 45);
}

/** WMO code that goes with the rain and temperature of that hour. */
export function weatherCodeAt(latitude: number, longitude: number, unixMs: number): number {
  if (rainAt(latitude, longitude, unixMs) === 0)
    return Math.floor(dice(Math.floor(unixMs / 10_800_000), longitude) * 4);
  return temperatureAt(latitude, longitude, unixMs) < 1 ? 73 : 61;
}

/** Snow in cm of that hour: a centimetre for a millimetre of water when it is cold. */
export function snowAt(latitude: number, longitude: number, unixMs: number): number {
  return temperatureAt(latitude, longitude, unixMs) < 1 ? round(rainAt(latitude, longitude, unixMs) * 0.7, 2) : 0;
}
