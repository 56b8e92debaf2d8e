/** Relative humidity in % from temperature and dewpoint in °C, by the Magnus formula. */
export function humidityFrom(temperatureC: number, dewpointC: number): number {
  const saturation = (t: number) => Math.exp((17.625 * t) / (243.04 + t));
  return Math.min(100, (100 * saturation(dewpointC)) / saturation(temperatureC));
}

/**
 * What it feels like, in °C, by the formulae of the National Weather Service: wind chill at 10 °C and below with some wind,
 * heat index from 26.7 °C on, else the air temperature.
 */
export function feelsLikeFrom(temperatureC: number, windKmh: number | null, humidityPct: number | null): number {
  if (temperatureC <= 10 && windKmh !== null && windKmh > 4.8) return windChill(temperatureC, windKmh);
  if (temperatureC >= 26.7 && humidityPct !== null) return heatIndex(temperatureC, humidityPct);
  return temperatureC;
}

function windChill(temperatureC: number, windKmh: number): number {
  const wind = windKmh ** 0.16;
  return 13.12 + 0.6215 * temperatureC - 11.37 * wind + 0.3965 * temperatureC * wind;
}

/** Rothfusz regression with its two adjustments; in °F inside, as it is published. */
function heatIndex(temperatureC: number, humidityPct: number): number {
  const t = (temperatureC * 9) / 5 + 32;
  const h = humidityPct;
  const simple = 0.5 * (t + 61 + (t - 68) * 1.2 + h * 0.094);
  if ((simple + t) / 2 < 80) return ((simple - 32) * 5) / 9;
  let index =
    -42.379 +
    2.04901523 * t +
    10.14333127 * h -
    0.22475541 * t * h -
    0.00683783 * t * t -
    0.05481717 * h * h +
    0.00122874 * t * t * h +
    0.00085282 * t * h * h -
    0.00000199 * t * t * h * h;
  if (h < 13 && t <= 112) index -= ((13 - h) / 4) * Math.sqrt((17 - Math.abs(t - 95)) / 17);
  if (h > 85 && t <= 87) index += ((h - 85) / 10) * ((87 - t) / 5);
  return ((index - 32) * 5) / 9;
}
