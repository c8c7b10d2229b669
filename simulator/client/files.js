// Files on a message: what they are, and a way to have them; and how they are sent.

import { fileUrl } from "./api.js";
import { h } from "./dom.js";
import { fileSize } from "./format.js";
import { icon } from "./icons.js";

export function fileCards(files) {
  return files.map((file) => (isPicture(file) ? pictureCard(file) : fileCard(file)));
}

const isPicture = (file) => /^image\/(png|jpe?g|gif|webp)$/.test(file.mimetype ?? "");

function fileCard(file) {
  const name = file.title || file.name;
  return h(
    "div.file-card",
    { dataset: { fileId: file.id } },
    h(
      "span.file-type",
      { aria: { hidden: true } },
      icon("file", 22),
      h("span.file-extension", {}, extension(file)),
    ),
    h(
      "span.file-text",
      {},
      h("span.file-name", { dir: "auto" }, name),
      h("span.file-facts", {}, facts(file, name)),
    ),
    h(
      "a.icon-button",
      {
        href: fileUrl(file),
        download: file.name,
        title: "Download",
        aria: { label: `Download ${file.name}` },
      },
      icon("download"),
    ),
  );
}

function facts(file, shownName) {
  return [shownName !== file.name && file.name, extension(file), fileSize(file.size)]
    .filter(Boolean)
    .join(" · ");
}

function extension(file) {
  return (file.name?.match(/\.([a-z0-9]{1,5})$/i)?.[1] ?? file.filetype ?? "file").toUpperCase();
}

function pictureCard(file) {
  return h(
    "figure.file-picture",
    { dataset: { fileId: file.id } },
    h("img", { src: fileUrl(file), alt: file.title || file.name, loading: "lazy" }),
    fileCard(file),
  );
}

/** A file's bytes, as a JSON body carries them. */
export function base64(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result.slice(reader.result.indexOf(",") + 1));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(file);
  });
}
