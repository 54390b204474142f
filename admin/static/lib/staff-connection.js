import { systemClock } from "/widget/v1/lib/clock.js";
import { Connection } from "/widget/v1/lib/connection.js";
import { LongPoll } from "/widget/v1/lib/long-poll.js";

/**
 * The line of a console page to its desks, as one signed in: by socket, else by the long poll. It is not started yet.
 * @param {{ state: { protocol_version: number, language: string }, api: import("./staff-api.js").StaffApi }} page
 * @param {{ onState: (is: any) => void, onFrame: (frame: any) => void, onRefused: (refusal?: any) => void }} heard
 */
export function staffConnection({ state, api }, heard) {
  return new Connection({
    url: `${location.origin.replace(/^http/, "ws")}/ws/v1`,
    hello: () => ({ type: "hello", version: state.protocol_version, role: "librarian", language: state.language }),
    openSocket: (url) => new WebSocket(url),
    openFallback: () => new LongPoll({ url: "/api/v1/staff/poll", credentials: "same-origin", send: (url, init) => api.poll(url, init) }),
    clock: systemClock,
    ...heard,
  });
}
