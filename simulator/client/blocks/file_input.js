// Files put into a form: each is uploaded at once, the form has only what they are.

import { api } from "../api.js";
import { h, replace } from "../dom.js";
import { base64 } from "../files.js";
import { fileSize } from "../format.js";
import { icon } from "../icons.js";
import { toastError } from "../toast.js";

const MOST = 10;

export function fileInput(item, context) {
  const { surface, blockId } = context.slot;
  let { files } = surface.keep(blockId, item, { files: [] });
  const list = h("ul.file-input-list");
  const most = item.max_files ?? MOST;
  const picker = h("input", {
    type: "file",
    hidden: true,
    multiple: most > 1,
    accept: (item.filetypes ?? []).map((each) => `.${each.replace(/^\./, "")}`).join(",") || null,
    onchange: () => add([...picker.files]),
  });
  const button = h(
    "button.button",
    { type: "button", aria: { labelledby: context.labelId, describedby: context.describedBy } },
    h("span.button-label", {}, most > 1 ? "Add files" : "Add a file"),
  );
  button.addEventListener("click", () => picker.click());
  const put = (next) => {
    files = next;
    surface.put(context.slot.blockId, item, { files });
    replace(
      list,
      files.map((file) => row(file, () => put(files.filter((each) => each !== file)))),
    );
    button.disabled = files.length >= most;
    list.dispatchEvent(new Event("change", { bubbles: true }));
  };
  async function add(chosen) {
    picker.value = "";
    button.setAttribute("aria-busy", "true");
    try {
      for (const each of chosen.slice(0, most - files.length)) {
        const { file } = await api.upload({ name: each.name, content: await base64(each) });
        put([...files, file]);
      }
    } catch (error) {
      toastError(error);
    } finally {
      button.removeAttribute("aria-busy");
    }
  }
  put(files);
  return h("div.file-input", {}, picker, button, list);
}

function row(file, remove) {
  return h(
    "li",
    {},
    icon("file", 18),
    h("span", { dir: "auto" }, file.name),
    h("span.muted", {}, fileSize(file.size)),
    h(
      "button.icon-button.small",
      { type: "button", aria: { label: `Remove ${file.name}` }, onclick: remove },
      icon("close", 16),
    ),
  );
}
