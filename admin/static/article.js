/** Makes the form of an article live, and forgets what was kept of one that has been saved. */

import { ArticleForm, forget } from "./elements/article-form.js";
import { NearArticles } from "./elements/near-articles.js";
import { translator } from "./lib/words.js";

const language = document.documentElement.dataset.language;
const messages = await (await fetch(new URL(`messages.${language}.json`, import.meta.url))).json();
const saved = /** @type {HTMLElement | null} */ (document.querySelector("[data-saved]"))?.dataset.saved;
if (saved) forget(saved);
customElements.define("article-form", ArticleForm);
/** @type {ArticleForm | null} */ (document.querySelector("article-form"))?.start(translator(messages));
customElements.define("near-articles", NearArticles);
const near = /** @type {NearArticles | null} */ (document.querySelector("near-articles"));
const nearForm = /** @type {HTMLFormElement | null} */ (near?.closest("form"));
if (nearForm) near?.start(translator(messages), nearForm);
