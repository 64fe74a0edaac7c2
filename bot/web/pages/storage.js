// What this browser keeps. The conversation lives in sessionStorage: it survives a reload, belongs to
// this tab alone, and is gone when the tab is closed – many phones and computers here are shared.

const CONVERSATION = "motcua.conversation";
const LARGE = "motcua.large";
const QUIET_MS = 30 * 60 * 1000; // the server ends a conversation after the same time
const KEPT = 200;

/** The conversation so far, or a new one when there is none or it has ended. */
export function loadConversation() {
  const saved = read(sessionStorageOrNone(), CONVERSATION);
  const alive = saved && Array.isArray(saved.entries) && Date.now() - saved.at < QUIET_MS;
  return alive ? { session: saved.session, entries: saved.entries } : newConversation();
}

export function newConversation() {
  return { session: randomId(), entries: [] };
}

export function saveConversation({ session, entries }) {
  write(sessionStorageOrNone(), CONVERSATION, { session, at: Date.now(), entries: entries.slice(-KEPT) });
}

export function saveLarge(large) {
  try {
    localStorage.setItem(LARGE, large ? "yes" : "no");
  } catch {
    // Not remembered, but still in force on this page.
  }
}

// crypto.randomUUID needs https; a desk may well serve the page over plain http in its own network.
function randomId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

// Merely touching the property throws where storage is switched off; the chat works without it.
function sessionStorageOrNone() {
  try {
    return window.sessionStorage;
  } catch {
    return null;
  }
}

function read(storage, key) {
  try {
    return JSON.parse(storage.getItem(key));
  } catch {
    return null;
  }
}

function write(storage, key, value) {
  try {
    storage.setItem(key, JSON.stringify(value));
  } catch {
    // Full or switched off: the conversation is still on the screen.
  }
}
