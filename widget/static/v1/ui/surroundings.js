/**
 * What the browser tells about the page: in front or not, network, other tabs, leaving. Listens from the start, and stops
 * with the signal.
 *
 * @param {object} reactions
 * @param {() => void} reactions.onWake the page came to the front, or the network returned
 * @param {() => void} reactions.onOffline
 * @param {() => void} reactions.onLeave
 * @param {(key: string | null) => void} reactions.onStorage another tab wrote
 * @param {AbortSignal} signal
 */
export function watchSurroundings({ onWake, onOffline, onLeave, onStorage }, signal) {
  const wake = () => {
    if (document.visibilityState === "visible") onWake();
  };
  document.addEventListener("visibilitychange", wake, { signal });
  for (const name of ["focus", "online", "pageshow"]) addEventListener(name, wake, { signal });
  addEventListener("offline", onOffline, { signal });
  addEventListener("pagehide", onLeave, { signal });
  addEventListener("storage", (event) => onStorage(event.key), { signal });
}
