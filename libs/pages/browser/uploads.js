/**
 * Pictures that were dropped, pasted or chosen. They are kept in the browser's
 * memory alone, so that going back finds them.
 *
 * @module
 */

/**
 * @typedef {object} Upload
 * @property {string} key Its name in the history.
 * @property {File} file
 * @property {string} address Under which the browser shows it.
 */

/** How many pictures are kept; going back to an older one asks for it again. */
const maxUploads = 20;

/** @type {Map<string, Upload>} */
const uploads = new Map();

/**
 * Keeps a picture.
 *
 * @param {File} file
 * @returns {Upload}
 */
export const keepUpload = (file) => {
  const upload = {
    key: crypto.randomUUID(),
    file,
    address: URL.createObjectURL(file),
  };
  uploads.set(upload.key, upload);
  for (const [key, { address }] of uploads) {
    if (uploads.size <= maxUploads) break;
    uploads.delete(key);
    URL.revokeObjectURL(address);
  }
  return upload;
};

/**
 * Finds a kept picture.
 *
 * @param {string | undefined} key
 * @returns {Upload | undefined}
 */
export const findUpload = (key) => uploads.get(key ?? "");

/**
 * Calls back with every picture that is dropped, pasted or chosen anywhere on
 * the page.
 *
 * @param {(file: File) => void} onPicture
 * @param {(message: string) => void} onProblem
 */
export const listenForPictures = (onPicture, onProblem) => {
  const take = (/** @type {FileList | null | undefined} */ files) => {
    const [file] = files ?? [];
    if (file === undefined) return false;
    if (file.type !== "" && !file.type.startsWith("image/")) {
      onProblem(`Cannot search by ${file.name} as it is not a picture.`);
    } else onPicture(file);
    return true;
  };
  const dragging = (/** @type {boolean} */ on) =>
    document.documentElement.classList.toggle("dragging", on);
  const hasFiles = (/** @type {DragEvent} */ event) =>
    event.dataTransfer?.types.includes("Files") ?? false;
  addEventListener("dragover", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    dragging(true);
  });
  addEventListener("dragleave", (event) => {
    if (event.relatedTarget === null) dragging(false);
  });
  addEventListener("drop", (event) => {
    dragging(false);
    if (!hasFiles(event)) return;
    event.preventDefault();
    take(event.dataTransfer?.files);
  });
  addEventListener("paste", (event) => {
    if (take(event.clipboardData?.files)) event.preventDefault();
  });
  addEventListener("change", ({ target }) => {
    if (!(target instanceof HTMLInputElement) || target.type !== "file") return;
    take(target.files);
    // The same file can be chosen again.
    target.value = "";
  });
};
