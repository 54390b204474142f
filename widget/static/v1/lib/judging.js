/** @import { Api } from "./api.js" */
/** @import { Reader } from "./reader.js" */
import { ApiError } from "./api.js";

/**
 * Say of an answer whether it helped; the last word on it stands. Who was not known until now becomes a reader by it.
 *
 * @param {{api: Api, reader: Reader}} chat
 * @param {string} articleId
 * @param {{query: string, is_helpful: boolean}} verdict
 */
export async function judge({ api, reader }, articleId, verdict) {
  await reader.ensure();
  try {
    await api.judge(articleId, verdict);
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== "unauthenticated") throw error;
    // The server has forgotten the reader of this browser.
    reader.forget();
    await reader.ensure();
    await api.judge(articleId, verdict);
  }
}
