import { JSON_CONTENT_TYPE } from "@org/mcp-analytics-schema";

const JSON_TYPE = /^application\/json[ \t]*(?:;[ \t]*charset=(?:utf-8|"utf-8")[ \t]*)?$/i;

/**
 * Whether a `Content-Type` is plain JSON in UTF-8. A repeated header arrives joined by a comma (`joinDuplicateHeaders`)
 * and so is none.
 */
export function isJsonContentType(contentType: string | undefined): boolean {
  return contentType === JSON_CONTENT_TYPE || (contentType !== undefined && JSON_TYPE.test(contentType));
}
