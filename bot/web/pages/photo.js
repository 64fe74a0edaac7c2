// A photo of the receipt, taken or chosen: made small enough to send. Drawing it anew also leaves out what a
// phone writes into its pictures, above all where they were taken.

import { NotSent } from "./api.js";
import { element } from "./markup.js";
import { TEXTS } from "./texts.js";

const LONGEST_SIDE = 2400; // the server reads no finer than this
const MOST_BYTES = 8 * 1024 * 1024; // and takes no more
const PREVIEW_SIDE = 320;
const QUALITY = 0.9;

/** `file` ready to be sent, as {blob, preview}; throws NotSent when it is no picture we could send. */
export async function prepared(file) {
  const picture = await createImageBitmap(file).catch(() => null);
  if (picture) {
    const blob = await drawnAs(picture, LONGEST_SIDE);
    if (blob) return { blob, preview: preview(picture) };
  }
  // A kind that this browser cannot draw (or a picture too large for its memory): the server may know it.
  if (!file.type.startsWith("image/")) throw new NotSent(TEXTS.notAPhoto, { chooseAgain: true });
  if (file.size > MOST_BYTES) throw new NotSent(TEXTS.photoTooLarge, { chooseAgain: true });
  return { blob: file, preview: null };
}

/** The first picture among the files of a paste or a drop, if any. */
export function pictureIn(data) {
  return Array.from(data?.files ?? []).find((file) => file.type.startsWith("image/")) ?? null;
}

function drawnAs(picture, side) {
  const canvas = drawn(picture, side);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
}

function preview(picture) {
  const canvas = drawn(picture, PREVIEW_SIDE);
  canvas.className = "picture";
  canvas.setAttribute("aria-hidden", "true");
  return canvas;
}

function drawn(picture, side) {
  const scale = Math.min(1, side / Math.max(picture.width, picture.height));
  const canvas = element("canvas");
  canvas.width = Math.max(1, Math.round(picture.width * scale));
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  const pen = canvas.getContext("2d");
  pen.fillStyle = "#fff"; // behind what is transparent
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
  return canvas;
}
