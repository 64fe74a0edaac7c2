// The web chat: what the person does, in the order it happens. Sentences are in texts.js.

import { NotSent, ask, askPhoto } from "./api.js";
import { pictureIn, prepared } from "./photo.js";
import { botMessage, personMessage } from "./render.js";
import { loadConversation, newConversation, saveConversation, saveLarge } from "./storage.js";
import { TEXTS } from "./texts.js";

const START = { data: "m:start" };
const FORGET = { text: "/xoadulieu" };
const TAP_GAP_MS = 600; // two taps closer than this are one shaky finger
const TYPING_AFTER_MS = 200; // most answers are faster, and dots that flash are worse than none
const COUNT_FROM = 200; // characters left when the counter appears
const TALLEST_INPUT = 0.35; // of the window
const PROGRESS_STEP = 25; // percent; a screen reader reads each step out

const $ = (id) => document.getElementById(id);
const [scroller, log, input, typing] = ["scroller", "log", "input", "typing"].map($);

let conversation = loadConversation();
let queue = Promise.resolve(); // one request at a time, in the order of sending
let waiting = 0;
let lastTap = -Infinity;
const photos = new WeakMap(); // entry -> file; a photo is never stored, not even in this browser

// Sending

function send(request, text) {
  deliver({ from: "me", text, request, state: "sending", reason: "", at: Date.now() });
}

function sendPhoto(file) {
  if (!file) return;
  const entry = { from: "me", text: TEXTS.photo, request: { photo: true }, state: "sending", reason: "", at: Date.now() };
  photos.set(entry, file);
  deliver(entry);
}

function deliver(entry) {
  entry.state = "sending";
  const row = append(entry);
  const here = conversation;
  showTyping(+1);
  queue = queue.then(async () => {
    const outcome = await attempt(here.session, entry, row);
    showTyping(-1);
    if (here !== conversation) return; // wiped in the meantime
    if (outcome instanceof NotSent) failed(entry, row, outcome);
    else answered(entry, row, outcome);
  });
}

async function attempt(session, entry, row) {
  try {
    return await (entry.request.photo ? attemptPhoto(session, entry, row) : ask(session, entry.request));
  } catch (error) {
    return error instanceof NotSent ? error : new NotSent("");
  }
}

async function attemptPhoto(session, entry, row) {
  const file = photos.get(entry);
  if (!file) throw new NotSent(TEXTS.photoGone, { chooseAgain: true });
  setTyping(true, TEXTS.sendingPhoto(0));
  const { blob, preview } = await prepared(file);
  if (preview) {
    row.querySelector(".typed").before(preview);
    toEnd();
  }
  return askPhoto(session, blob, (share) => {
    const percent = Math.floor((share * 100) / PROGRESS_STEP) * PROGRESS_STEP;
    setTyping(true, percent < 100 ? TEXTS.sendingPhoto(percent) : TEXTS.readingPhoto);
  });
}

function answered(entry, row, reply) {
  entry.state = "sent";
  for (const old of log.querySelectorAll(".latest")) old.classList.remove("latest");
  for (const message of reply.messages) append(botEntry(message, reply)).classList.add("latest");
  showFromTop(row);
}

function botEntry(message, reply) {
  const markup = String(message.markup ?? message.text ?? "");
  const buttons = Array.isArray(message.buttons) ? message.buttons : [];
  const printable = Boolean(reply.procedure || reply.facet);
  return { from: "bot", markup, buttons, image: message.image, printable, at: Date.now() };
}

function failed(entry, row, { reason, chooseAgain }) {
  Object.assign(entry, { state: "failed", reason, chooseAgain });
  row.replaceWith(draw(entry));
  save();
  toEnd();
}

// As in other messengers, what is sent again moves to the end, where its answer will stand.
function retry(entry, row) {
  conversation.entries = conversation.entries.filter((other) => other !== entry);
  row.remove();
  save();
  if (entry.chooseAgain) return $("photo").click();
  input.focus({ preventScroll: true });
  deliver(entry);
}

// Showing

function append(entry) {
  conversation.entries.push(entry);
  const row = draw(entry);
  log.append(row);
  save();
  toEnd();
  return row;
}

function draw(entry) {
  const row =
    entry.from === "bot"
      ? botMessage(entry, press, () => print(row))
      : personMessage(entry, () => retry(entry, row));
  return row;
}

function save() {
  saveConversation(conversation);
}

function toEnd() {
  scroller.scrollTop = scroller.scrollHeight;
}

// A long answer is read from its beginning: the question goes to the top of the screen.
function showFromTop(row) {
  const question = row.hasChildNodes() ? row : row.previousElementSibling;
  if (!question) scroller.scrollTop = 0; // the greeting, with the note above it
  else scroller.scrollTop += question.getBoundingClientRect().top - scroller.getBoundingClientRect().top - 8;
}

function showTyping(change) {
  waiting += change;
  if (waiting === 0) setTyping(false);
  else if (change > 0) setTimeout(() => waiting > 0 && typing.hidden && setTyping(true), TYPING_AFTER_MS);
}

function setTyping(on, words = TEXTS.typing) {
  const appears = typing.hidden && on;
  typing.hidden = !on;
  $("typing-words").textContent = on ? words : "";
  if (appears) toEnd();
}

function print(row) {
  row.classList.add("printed");
  document.documentElement.classList.add("print-one");
  $("printed-on").textContent = TEXTS.printedOn(new Date().toLocaleDateString("vi-VN"));
  window.addEventListener("afterprint", () => {
    row.classList.remove("printed");
    document.documentElement.classList.remove("print-one");
    $("printed-on").textContent = "";
  }, { once: true });
  window.print();
}

// What the person does

function press(button) {
  const now = performance.now();
  if (now - lastTap < TAP_GAP_MS || isPending(button.data)) return;
  lastTap = now;
  send({ data: button.data }, button.label);
}

function isPending(data) {
  return conversation.entries.some((entry) => entry.state === "sending" && entry.request.data === data);
}

function submit(event) {
  event.preventDefault();
  const text = input.value.trim();
  if (!text) return;
  input.value = "";
  fitInput();
  if (text.toLowerCase() === FORGET.text) forget();
  else send({ text }, text);
  input.focus({ preventScroll: true });
}

// A picture that is pasted or dropped on the page; anything else goes its usual way.
function takePicture(event, data) {
  const picture = pictureIn(data);
  if (!picture) return;
  event.preventDefault();
  sendPhoto(picture);
}

function onKey(event) {
  // While a Vietnamese keyboard composes a word, Enter belongs to it.
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
  event.preventDefault();
  $("form").requestSubmit();
}

function fitInput() {
  input.style.height = "auto";
  const border = input.offsetHeight - input.clientHeight;
  input.style.height = `${Math.min(input.scrollHeight + border, window.innerHeight * TALLEST_INPUT)}px`;
  const left = input.maxLength - input.value.length;
  $("counter").textContent = left === 0 ? TEXTS.full : left <= COUNT_FROM ? TEXTS.left(left) : "";
}

function forget() {
  const { session } = conversation;
  conversation = { ...newConversation(), session }; // the server must know what to forget
  log.replaceChildren();
  send(FORGET, TEXTS.forget);
  send(START, "");
}

function toggleLarge() {
  const large = document.documentElement.classList.toggle("large");
  $("large-print").setAttribute("aria-pressed", String(large));
  saveLarge(large);
  fitInput();
  const questions = log.querySelectorAll(".me");
  if (questions.length > 0) showFromTop(questions[questions.length - 1]);
}

// Start

function restore() {
  // Not news: a screen reader must not read the whole conversation out again.
  log.setAttribute("aria-live", "off");
  for (const entry of conversation.entries) {
    // A reload cut this one off; whether it arrived is not known.
    if (entry.state === "sending") entry.state = "failed";
    if (entry.state === "failed" && entry.request.photo) Object.assign(entry, { reason: TEXTS.photoGone, chooseAgain: true });
    log.append(draw(entry));
  }
  markLatest();
  toEnd();
  requestAnimationFrame(() => log.setAttribute("aria-live", "polite"));
}

function markLatest() {
  let row = log.lastElementChild;
  while (row?.classList.contains("me")) row = row.previousElementSibling;
  for (; row?.classList.contains("bot"); row = row.previousElementSibling) row.classList.add("latest");
}

function listen() {
  $("form").addEventListener("submit", submit);
  input.addEventListener("keydown", onKey);
  input.addEventListener("paste", (event) => takePicture(event, event.clipboardData));
  document.addEventListener("dragover", (event) => event.preventDefault());
  document.addEventListener("drop", (event) => takePicture(event, event.dataTransfer));
  $("add-photo").addEventListener("click", () => $("photo").click());
  $("photo").addEventListener("change", ({ target }) => {
    sendPhoto(target.files[0]);
    target.value = ""; // so that the same photo can be chosen again
  });
  input.addEventListener("input", fitInput);
  $("large-print").addEventListener("click", toggleLarge);
  $("forget").addEventListener("click", () => $("ask-forget").showModal());
  $("ask-forget").addEventListener("close", (event) => event.target.returnValue === "forget" && forget());
  // A tap on "Gửi" must not take the focus away, or the phone's keyboard would go down and up.
  $("send").addEventListener("pointerdown", (event) => event.preventDefault());
  $("to-end").addEventListener("click", toEnd);
  new IntersectionObserver(([end]) => ($("to-end").hidden = end.isIntersecting), {
    root: scroller,
    rootMargin: "120px",
  }).observe($("end"));
  window.visualViewport?.addEventListener("resize", fitWindow);
}

// iPhones do not shrink the page when the keyboard comes up; without this it would hide the input.
function fitWindow() {
  const { scale, height } = window.visualViewport;
  if (scale !== 1) return; // zoomed in with two fingers
  document.documentElement.style.setProperty("--height", `${height}px`);
  window.scrollTo(0, 0);
}

$("large-print").setAttribute("aria-pressed", String(document.documentElement.classList.contains("large")));
listen();
if (conversation.entries.length > 0) restore();
else send(START, "");
// On a phone this would open the keyboard over the greeting.
if (matchMedia("(hover: hover) and (pointer: fine)").matches) input.focus();
