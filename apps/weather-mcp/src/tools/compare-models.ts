import * as z from "zod/v4";
import { agreementOf, MODELS, modelDays } from "../forecast/model-spread.ts";
import { locate, unitSystemOf } from "../location/locate.ts";
import { answerShape, tableSchema } from "../output/answer.ts";
import { integerOrNull } from "../output/or-null.ts";
import type { Column } from "../output/table.ts";
import { tableAnswer } from "../output/table-answer.ts";
import { OPEN_METEO_ATTRIBUTION } from "../upstream/open-meteo.ts";
import { locationInput, unitsInput } from "./inputs.ts";
import { defineTool } from "./tool.ts";

export const compareModels = defineTool({
  name: "compare_models",
  title: "Compare forecast models",
  description:
    "How sure is the forecast? Highs, lows and rain of three independent models (ECMWF, GFS, ICON) day by day, with their agreement in a word.",
  input: z.strictObject({ ...locationInput, days: z.int().min(1).max(7).default(5), ...unitsInput }),
  output: z.object({
    ...answerShape,
    table: tableSchema,
    total_available: z.int(),
    truncated: z.boolean(),
    next_offset: integerOrNull,
  }),
  async run({ days, units, ...where }, { services, scope, nowMs }) {
    const located = await locate(where, services, scope);
    const { rows, fetched } = await modelDays(services.openMeteo, located.place, scope);
    const shown = rows.slice(0, days);
    const agreement = shown.map(agreementOf);
    const columns: Column[] = [
      { name: "date", values: shown.map(({ date }) => date) },
      { name: "agreement", values: agreement },
      ...MODELS.flatMap(({ name }, index): Column[] => [
        {
          name: `high_${name}`,
          quantity: "temperature",
          values: shown.map(({ models }) => models[index]?.highC ?? null),
        },
        {
          name: `low_${name}`,
          quantity: "temperature",
          values: shown.map(({ models }) => models[index]?.lowC ?? null),
        },
        {
          name: `precip_${name}`,
          quantity: "precipitation",
          values: shown.map(({ models }) => models[index]?.rainMm ?? null),
        },
      ]),
    ];
    return tableAnswer({
      located,
      title: "Forecast models",
      provenance: { source: "open-meteo", fetched: [fetched], attribution: OPEN_METEO_ATTRIBUTION },
      warnings: located.warnings,
      nowMs,
      system: unitSystemOf(units, located, services),
      columns,
      offset: 0,
      tableKey: "table",
      totalKey: "total_available",
      extra: {},
      summarize: () => shown.map(({ date }, index) => `${date}: ${agreement[index]} agreement`).join("; "),
    });
  },
});
