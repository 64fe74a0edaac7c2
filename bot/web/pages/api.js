// The two requests that the page makes.

import { TEXTS } from "./texts.js";

const TIMEOUT_MS = 20_000;
const PHOTO_TIMEOUT_MS = 60_000;

/** A failure with a sentence for the person: `reason` may be empty. `chooseAgain`: sending the same again is no use. */
export class NotSent extends Error {
  constructor(reason, { chooseAgain = false } = {}) {
    super(reason);
    this.reason = reason;
    this.chooseAgain = chooseAgain;
  }
}

/** Send `request` ({text} or {data}) and return the reply; throws NotSent. */
export async function ask(session, request) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), TIMEOUT_MS);
  try {
    const headers = { "Content-Type": "application/json" };
    const body = JSON.stringify({ session, ...request });
    const response = await fetch("/api/chat", { method: "POST", headers, body, signal: stop.signal });
    return reply(response.status, await response.text()); // the body within the time limit too
  } catch (error) {
    throw error instanceof NotSent ? error : unreached(stop.signal.aborted);
  } finally {
    clearTimeout(timer);
  }
}

/** Send a photo and return the reply; `progress(share)` is called on the way. Throws NotSent. */
export function askPhoto(session, blob, progress) {
  // Not fetch: only this one tells how much has left, and a photo takes its time on a weak connection.
  const request = new XMLHttpRequest();
  request.open("POST", `/api/photo?session=${encodeURIComponent(session)}`);
  request.timeout = PHOTO_TIMEOUT_MS;
  request.setRequestHeader("Content-Type", blob.type);
  request.upload.onprogress = ({ loaded, total }) => progress(loaded / total);
  return new Promise((resolve, reject) => {
    request.onerror = () => reject(unreached(false));
    request.ontimeout = () => reject(unreached(true));
    request.onload = () => {
      try {
        resolve(reply(request.status, request.responseText));
      } catch (error) {
        reject(error);
      }
    };
    request.send(blob);
  });
}

function reply(status, text) {
  const sent = parsed(text);
  if (status < 200 || status > 299) throw new NotSent(problem(status, sent));
  // A hotel's log-in page also answers with 200.
  if (!Array.isArray(sent?.messages)) throw new NotSent(TEXTS.trouble);
  return sent;
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function unreached(tooSlow) {
  if (tooSlow) return new NotSent(TEXTS.slow);
  return new NotSent(navigator.onLine ? "" : TEXTS.offline);
}

function problem(status, sent) {
  if (status >= 500) return TEXTS.trouble;
  return typeof sent?.error === "string" ? sent.error : "";
}
