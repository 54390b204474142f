import { Refusal } from "./staff-api.js";

/**
 * Send a file as the body of a request. Only XMLHttpRequest tells how much has gone out.
 *
 * @param {string} path
 * @param {object} options
 * @param {File} options.file
 * @param {Record<string, string>} options.headers
 * @param {AbortSignal} options.signal
 * @param {(part: number) => void} options.onProgress from 0 to 1
 * @returns {Promise<any>} the answer; rejected with a Refusal
 */
export function upload(path, { file, headers, signal, onProgress }) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", path);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.responseType = "json";
    request.upload.onprogress = ({ loaded, total }) => onProgress(total > 0 ? loaded / total : 0);
    request.onload = () => {
      if (request.status < 400 && request.response) resolve(request.response);
      else reject(new Refusal(request.status, request.response?.error ?? {}));
    };
    request.onerror = request.onabort = () => reject(new Refusal(0, { code: "offline" }));
    signal.addEventListener("abort", () => request.abort());
    request.send(file);
  });
}
