/**
 * The real window, told settings that are not saved yet. It stands in a frame without origin: no cookie, no storage.
 * Its requests for the settings are answered here, and whatever would change something is refused.
 */

const send = globalThis.fetch;
let { settings } = JSON.parse(document.getElementById("preview-state")?.textContent ?? "{}");
const json = (/** @type {object} */ body, /** @type {number} */ status) => new Response(JSON.stringify(body), { status, headers: { "Content-Type": "application/json" } });

globalThis.fetch = (input, init = {}) => {
  const { pathname } = new URL(String(input instanceof Request ? input.url : input), document.baseURI);
  if (/\/api\/v1\/libraries\/[^/]+\/widget$/.test(pathname)) return Promise.resolve(json(settings, 200));
  const method = (init.method ?? "GET").toUpperCase();
  if (pathname.startsWith("/api/") && method !== "GET") {
    return Promise.resolve(json({ error: { code: "preview", message: document.documentElement.lang === "en" ? "This is a preview: nothing is sent." : "这是预览：不会发送任何内容。", details: {} } }, 403));
  }
  return send(input, { ...init, credentials: "omit" });
};

await import("/widget/v1/wenjin.js");
const chat = /** @type {any} */ (document.querySelector("wenjin-chat"));

function wear() {
  // What the window itself says once it has read its settings; the button listens.
  chat.dispatchEvent(new CustomEvent("wenjin-settings", { detail: settings }));
}

/** The window reads its settings when it is built: it is built anew. */
async function renew(/** @type {{settings: any, language: string, isOpen: boolean}} */ told) {
  settings = told.settings;
  chat.close?.();
  chat.setAttribute("theme", "light");
  chat.setLanguage(told.language === "zh" ? "en" : "zh-CN");
  chat.setLanguage(told.language === "zh" ? "zh-CN" : "en");
  wear();
  if (told.isOpen) await chat.open({ takesFocus: false });
}

addEventListener("message", (event) => {
  if (event.source === parent && event.data?.kind === "window-draft") void renew(event.data);
});
wear();
await chat.open({ takesFocus: false });
parent.postMessage({ kind: "window-ready" }, "*");

export {};
