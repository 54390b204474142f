import { make, setText } from "../lib/dom.js";
import { Refusal } from "../lib/staff-api.js";
import { sizeText } from "../lib/uploads.js";

/**
 * A file of a message: its name, its size, a press saves it. The link it is fetched by lives for some minutes.
 *
 * @param {{id: string, name: string, size_bytes: number}} attachment
 * @param {string} conversationId
 * @param {any} desk
 */
export function fileButton({ id, name, size_bytes }, conversationId, { api, t }) {
  const problem = make("span", { className: "field-problem", role: "alert" });
  const facts = make("span", { className: "file-facts" }, make("b", {}, name), make("small", {}, sizeText(size_bytes)));
  const button = make("button", { type: "button", className: "file with-clip", title: t("Save the file") }, facts);
  button.addEventListener("click", async () => {
    setText(problem, "");
    button.disabled = true;
    try {
      make("a", { href: await api.attachmentAddress(conversationId, id), download: name }).click();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      setText(problem, error.message || t("No connection"));
    } finally {
      button.disabled = false;
    }
  });
  return make("div", {}, button, problem);
}
