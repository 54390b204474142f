/** The golden frames for the Node tests, a socket whose other end the test holds, and what makes two frames alike. */

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";

const FOLDER = new URL("../frames/", import.meta.url);

/** Every golden frame of the client and of the server, as lists by type. */
export const client = read("client");
export const server = read("server");
export const CONVERSATION = client.follow[0].conversation_id;

/** A socket that a test speaks through: `sent` is what came from the browser, `push` is what the service says. */
export class Line {
  sent = [];
  sockets = [];

  open = () => {
    const socket = { onopen: null, onmessage: null, onclose: null, onerror: null, close() {} };
    socket.send = (text) => this.sent.push(JSON.parse(text));
    this.sockets.push(socket);
    queueMicrotask(() => socket.onopen?.({}));
    return socket;
  };

  push(frame) {
    this.sockets.at(-1).onmessage?.({ data: JSON.stringify(frame) });
  }

  drop() {
    this.sockets.at(-1).onclose?.({});
  }

  ofType(type) {
    return this.sent.filter((frame) => frame.type === type);
  }
}

/** Fail unless every frame looks like a golden one of its type, and the types are exactly these. */
export function assertSpoken(frames, types) {
  assert.deepEqual([...new Set(frames.map(({ type }) => type))].sort(), [...types].sort());
  for (const frame of frames) {
    const alike = client[frame.type].some((golden) => isAlike(frame, golden));
    assert.ok(alike, `no golden frame is like ${JSON.stringify(frame)}`);
  }
}

/** Whether a frame has the fields of a golden one, each of its kind; what is null there may be left out. */
function isAlike(frame, golden) {
  const names = new Set([...Object.keys(frame), ...Object.keys(golden)]);
  return [...names].every((name) => {
    if (!(name in golden)) return false;
    if (!(name in frame)) return golden[name] === null;
    return kindOf(frame[name]) === kindOf(golden[name]);
  });
}

function kindOf(value) {
  if (value === null) return "null";
  return Array.isArray(value) ? "list" : typeof value;
}

function read(side) {
  const files = readdirSync(new URL(`${side}/`, FOLDER));
  const frames = (file) => JSON.parse(readFileSync(new URL(`${side}/${file}`, FOLDER), "utf8"));
  return Object.fromEntries(files.map((file) => [file.replace(".json", ""), frames(file)]));
}
