// Entries of the conversation as DOM nodes.
//   {from: "me", text, request, state: "sending"|"sent"|"failed", reason, chooseAgain, at}
//   {from: "bot", markup, buttons, image, printable, at}

import { blocks, element, openElsewhere, safeUrl } from "./markup.js";
import { TEXTS } from "./texts.js";

/** What the person sent. `retry` is called when they ask to send it again. */
export function personMessage(entry, retry) {
  const row = element("div", "message me");
  if (entry.text) row.append(personBubble(entry));
  if (entry.state === "failed") row.append(failure(entry, retry));
  return row;
}

function personBubble(entry) {
  const bubble = element("div", "bubble");
  bubble.append(element("span", "unseen", TEXTS.personSays), element("p", "typed", entry.text), clock(entry));
  return bubble;
}

function failure(entry, retry) {
  const button = element("button", "retry", entry.chooseAgain ? TEXTS.chooseAgain : TEXTS.retry);
  button.type = "button";
  button.addEventListener("click", retry);
  const box = element("div", "failure");
  box.append(...(entry.reason ? [element("p", "", entry.reason)] : []), button);
  return box;
}

/** What the bot answered. `press(button)` and `print()` are called when a button is tapped. */
export function botMessage(entry, press, print) {
  const row = element("div", "message bot");
  const bubble = element("div", "bubble");
  const numbered = choices(entry);
  bubble.append(element("span", "unseen", TEXTS.botSays), ...blocks(without(numbered, entry.markup)));
  const image = picture(entry.image);
  if (image) bubble.append(image);
  bubble.append(foot(entry, print));
  row.append(bubble);
  if (entry.buttons.length > 0) row.append(chips(entry.buttons, press, numbered));
  return row;
}

// The buttons that the text lists as "1. …" as well: here the buttons carry the numbers, and the list is left out.
function choices({ markup, buttons }) {
  const lines = markup.split("\n");
  return buttons.filter((button, at) => lines.includes(`${at + 1}. ${button.label}`));
}

function without(numbered, markup) {
  const lines = numbered.map((button, at) => `${at + 1}. ${button.label}`);
  return markup.split("\n").filter((line) => !lines.includes(line)).join("\n");
}

function foot(entry, print) {
  const line = element("div", "foot");
  if (entry.printable) {
    const button = element("button", "print", TEXTS.print);
    button.type = "button";
    button.addEventListener("click", print);
    line.append(button);
  }
  line.append(clock(entry));
  return line;
}

// Only pictures of our own: the content policy would refuse any other.
function picture(address) {
  if (!address || new URL(address, location.href).origin !== location.origin) return null;
  const image = element("img", "picture");
  image.src = address;
  image.alt = TEXTS.image;
  return image;
}

function chips(buttons, press, numbered) {
  const group = element("div", "chips");
  group.setAttribute("role", "group");
  group.setAttribute("aria-label", TEXTS.chips);
  const nodes = buttons.map((button) => (button.url ? linkChip(button) : chip(button, press, numbered.indexOf(button))));
  group.append(...nodes.filter(Boolean));
  return group;
}

function chip(button, press, number) {
  const node = element("button", "chip", number < 0 ? button.label : "");
  if (number >= 0) {
    node.classList.add("numbered");
    node.append(element("b", "", `${number + 1}.`), element("span", "", button.label));
  }
  node.type = "button";
  node.addEventListener("click", () => press(button));
  return node;
}

// Says where it leads, and that .gov.vn belongs to the state: people are warned of look-alikes.
function linkChip(button) {
  const url = safeUrl(button.url);
  if (!url) return null;
  const node = element("a", "chip link", button.label);
  const official = url.hostname.endsWith(".gov.vn");
  node.append(element("small", "", official ? `${TEXTS.official}: ${url.hostname}` : url.hostname));
  node.append(element("span", "unseen", TEXTS.newTab));
  openElsewhere(node, url.href);
  return node;
}

function clock(entry) {
  const time = new Date(entry.at).toLocaleTimeString("vi-VN", { hour: "2-digit", minute: "2-digit" });
  const node = element("span", "clock", time);
  // Heard after every message it would only be noise.
  node.setAttribute("aria-hidden", "true");
  return node;
}
