import * as z from "zod/v4";
import { WeatherError } from "../errors/weather-error.ts";
import { sectionsOf } from "../forecast/discussion-sections.ts";
import { locate } from "../location/locate.ts";
import { answerShape, frameText, locationMember, placeText, provenanceMembers } from "../output/answer.ts";
import { fitRows } from "../output/fit-rows.ts";
import { integerOrNull } from "../output/or-null.ts";
import { pastEndWarnings } from "../output/past-end.ts";
import { NWS_ATTRIBUTION } from "../upstream/nws.ts";
import { locationInput, offsetInput } from "./inputs.ts";
import { defineTool } from "./tool.ts";

export const getForecastDiscussion = defineTool({
  name: "get_forecast_discussion",
  title: "Forecast discussion",
  description:
    "What the forecasters of the NWS office think and how sure they are, in their own words (US only), section by section.",
  input: z.strictObject({ ...locationInput, ...offsetInput }),
  output: z.object({
    ...answerShape,
    office: z.string(),
    sections: z.array(z.object({ title: z.string(), text: z.string() })),
    total_available: z.int(),
    truncated: z.boolean(),
    next_offset: integerOrNull,
  }),
  async run({ offset, ...where }, { services, scope, nowMs }) {
    const located = await locate(where, services, scope);
    const { latitude, longitude, timezone } = located.place;
    const point = await services.nws.point(latitude, longitude, scope);
    if (!point.covered) throw notCovered();
    const product = await services.nws.discussion(point.gridId, scope);
    const all = sectionsOf(product.value.text);
    const wanted = Math.max(0, all.length - offset);
    return fitRows(wanted, (count) => {
      const sections = all.slice(offset, offset + count);
      const next = offset + count < all.length ? offset + count : null;
      const cut = next === null ? [] : [`${all.length - offset - count} more section(s); go on with offset ${next}.`];
      const members = provenanceMembers(
        {
          provenance: {
            source: "nws",
            issuedAtMs: product.value.issuedAtMs,
            fetched: [product],
            attribution: NWS_ATTRIBUTION,
          },
          units: {},
          warnings: [...located.warnings, ...pastEndWarnings(offset, all.length), ...cut],
          summaryText: `Forecast discussion of NWS ${point.gridId}: ${all.map(({ title }) => title).join(", ")}.`,
        },
        timezone,
        nowMs,
      );
      return {
        structured: {
          ...members,
          location: locationMember(located),
          office: point.gridId,
          sections,
          total_available: all.length,
          truncated: count < wanted,
          next_offset: next,
        },
        text: frameText(
          `Forecast discussion: ${placeText(located)}`,
          members,
          sections.map(({ title, text }) => `## ${title}\n${text}`),
        ),
      };
    });
  },
});

function notCovered(): WeatherError {
  return new WeatherError("NOT_FOUND", "The National Weather Service does not cover this place.", {
    reason: "not_covered",
    hint: "Use get_forecast, which covers the whole world.",
    upstream: "nws",
  });
}
