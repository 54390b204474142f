/** The page of sounds, notifications and keys, where scripts run: listen to a sound, allow notifications. */

import { t } from "./bar.js";
import { playSound } from "./lib/sounds.js";

const form = /** @type {HTMLFormElement} */ (document.querySelector("form.preferences"));
const allow = /** @type {HTMLButtonElement} */ (document.getElementById("allow-notifications"));
const told = /** @type {HTMLElement} */ (document.getElementById("notifications-told"));
/** @type {AudioContext | null} */
let audio = null;

for (const button of /** @type {NodeListOf<HTMLButtonElement>} */ (form.querySelectorAll("button[data-try]"))) {
  button.hidden = false;
  button.addEventListener("click", () => listenTo(button.dataset.try ?? ""));
}
allow.addEventListener("click", async () => {
  await Notification.requestPermission();
  showPermission();
});
showPermission();

/** @param {string} name of the field with the sound */
function listenTo(name) {
  const wanted = new FormData(form);
  audio ??= new AudioContext();
  const [sound, volume] = [String(wanted.get(name)), Number(wanted.get("volume"))];
  playSound(audio, sound, volume);
  const isSilent = sound === "none" || volume === 0;
  const line = /** @type {HTMLElement} */ (document.getElementById("sound-told"));
  line.textContent = isSilent ? t("This is silent.") : "";
}

function showPermission() {
  if (!("Notification" in window)) {
    told.textContent = t("This browser shows no notifications.");
    return;
  }
  const sentences = {
    granted: t("Notifications are allowed on this computer."),
    denied: t("This browser was told to refuse notifications here; change it in the browser's settings for this page."),
    default: "",
  };
  allow.hidden = Notification.permission !== "default";
  told.textContent = sentences[Notification.permission];
}
