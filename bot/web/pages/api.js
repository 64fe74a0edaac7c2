// The one request that the page makes.

import { TEXTS } from "./texts.js";

const TIMEOUT_MS = 20_000;

/** A failure with a sentence for the person: `reason` may be empty. */
export class NotSent extends Error {
  constructor(reason) {
    super(reason);
    this.reason = reason;
  }
}

/** Send `request` ({text} or {data}) and return the reply; throws NotSent. */
export async function ask(session, request) {
  const response = await post(JSON.stringify({ session, ...request }));
  const reply = await response.json().catch(() => null);
  if (!response.ok) throw new NotSent(problem(response.status, reply));
  // A hotel's log-in page also answers with 200.
  if (!Array.isArray(reply?.messages)) throw new NotSent(TEXTS.trouble);
  return reply;
}

async function post(body) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), TIMEOUT_MS);
  try {
    const headers = { "Content-Type": "application/json" };
    const response = await fetch("/api/chat", { method: "POST", headers, body, signal: stop.signal });
    const text = await response.text(); // within the time limit too
    return new Response(text, { status: response.status });
  } catch {
    if (stop.signal.aborted) throw new NotSent(TEXTS.slow);
    throw new NotSent(navigator.onLine ? "" : TEXTS.offline);
  } finally {
    clearTimeout(timer);
  }
}

function problem(status, reply) {
  if (status >= 500) return TEXTS.trouble;
  return typeof reply?.error === "string" ? reply.error : "";
}
