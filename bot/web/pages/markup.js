// The bot's text as DOM nodes. Nothing here ever parses HTML: what is not one of the few marks below is
// put on the page as text.
//   **bold**   https://… and names under .gov.vn   "• item"   "1. step"   a line all in bold is a heading   "Nguồn: …" is the source

const BULLET = /^[•\-–]\s+(.*)$/;
const NUMBER = /^(\d{1,2})\.\s+(.*)$/;
const ALL_BOLD = /^\*\*([^*]+)\*\*$/;
const NOT_TO_BRING = /\(([^)]*; )?không phải nộp,|\(([^)]*; )?not needed,/;
const SOURCE = /^(Nguồn:|Source:|Kiểm tra ngày|Checked on|Theo .+, lúc \d)/;
const INLINE = /\*\*(.+?)\*\*|((?:https:\/\/|(?<![\w.@/-])(?=[\w.-]+\.gov\.vn(?![\w-]|\.\w)))[^\s<>()[\]"“”]+)/g;

/** `markup` as a list of block elements. */
export function blocks(markup) {
  const result = [];
  for (const line of markup.split("\n").map((text) => text.trim()).filter(Boolean)) {
    const block = lineBlock(line, result);
    if (block) result.push(block);
  }
  return result;
}

// A new block for `line`, or null when the line went into the list that stands last.
function lineBlock(line, before) {
  const bullet = BULLET.exec(line);
  if (bullet) return listItem("ul", bullet[1], before);
  const number = NUMBER.exec(line);
  if (number) return listItem("ol", number[2], before, Number(number[1]));
  if (SOURCE.test(line)) return filled("p", line, "source");
  const bold = ALL_BOLD.exec(line);
  if (!bold) return filled("p", line);
  if (before.length === 0) return filled("h2", bold[1]);
  return filled("h3", bold[1], isUpper(bold[1]) ? "section" : "");
}

function listItem(kind, text, before, number) {
  // "**Lệ phí:** …" is a fact, as is what the office looks up itself; the other items are things to bring or do: on paper those get a box to tick.
  const item = filled("li", text, text.startsWith("**") || NOT_TO_BRING.test(text) ? "fact" : "");
  if (number) item.value = number;
  const last = before.at(-1);
  const continues = last?.localName === kind && (!number || number > last.lastElementChild.value);
  if (continues) {
    last.append(item);
    return null;
  }
  const list = element(kind);
  list.append(item);
  return list;
}

function isUpper(text) {
  return text === text.toLocaleUpperCase("vi") && text !== text.toLocaleLowerCase("vi");
}

function filled(name, text, className = "") {
  const node = element(name, className);
  node.append(...inline(text));
  return node;
}

/** `text` as text nodes, <strong> and links. */
export function inline(text) {
  const nodes = [];
  let position = 0;
  for (const match of text.matchAll(INLINE)) {
    nodes.push(text.slice(position, match.index));
    nodes.push(...(match[1] ? [strong(match[1])] : link(match[2])));
    position = match.index + match[0].length;
  }
  nodes.push(text.slice(position));
  return nodes.filter((node) => node !== "");
}

function strong(text) {
  const node = element("strong");
  node.append(...inline(text));
  return node;
}

// A full stop after an address belongs to the sentence.
function link(address) {
  const bare = address.replace(/[.,;:!?'’*]+$/, "");
  const target = bare.startsWith("https://") ? bare : `https://${bare}`;
  if (!safeUrl(target)) return [address];
  const node = element("a");
  openElsewhere(node, target);
  node.textContent = bare.replace(/^https:\/\//, "");
  return [node, address.slice(bare.length)];
}

/** `address` as a URL when it is https and names a plain host (no "https://bank.vn@evil.example"). */
export function safeUrl(address) {
  try {
    const url = new URL(address);
    return url.protocol === "https:" && !url.username && !url.password ? url : null;
  } catch {
    return null;
  }
}

/** Make the anchor `node` open `address` in a new tab that knows nothing of this one. */
export function openElsewhere(node, address) {
  node.href = address;
  node.target = "_blank";
  node.rel = "noopener noreferrer";
}

export function element(name, className = "", text = "") {
  const node = document.createElement(name);
  if (className) node.className = className;
  if (text) node.textContent = text;
  return node;
}
