/**
 * What a file that is no model looks like, from its first bytes, and what to
 * do about it: most are downloads that went wrong, or models of other
 * programs.
 *
 * @module
 */

/** A kind of file, and how it begins. */
interface Signature {
  /** One character a byte, or what tells whether they are such. */
  readonly begins: string | RegExp | ((latin: string) => boolean);
  /** Offset of that text. Default: 0. */
  readonly at?: number;
  /** What such a file is. */
  readonly what: string;
}

const failedDownload = "perhaps of a download that failed";

/** Protocol buffers: the version of the format, then another text or part. */
const isOnnx = (latin: string): boolean =>
  latin.startsWith("\b") && latin.charCodeAt(1) <= 0x20 &&
  "\x12\x1a\x22\x2a\x32\x3a\x42".includes(latin[2] ?? "none");

const signatures: readonly Signature[] = [
  {
    begins: "version https://git-lfs",
    what: "a Git LFS pointer to the file, not the file: run git lfs pull",
  },
  {
    begins: /^((\.\.\/)*\.git)?\/annex\/objects\//,
    what: "a git-annex pointer to the file, not the file: run git annex get",
  },
  {
    begins: /^(\xef\xbb\xbf)?\s*<(!doctype html|html|head|body)\b/i,
    what: `an HTML page, ${failedDownload}`,
  },
  {
    begins: /^(\xef\xbb\xbf)?\s*<\?xml/i,
    what: `an XML document, ${failedDownload}`,
  },
  {
    begins: /^(\xef\xbb\xbf)?\s*[{[]\s*["{[\]}\d]/,
    what: `JSON text, ${failedDownload}`,
  },
  { begins: "\x1f\x8b", what: "compressed by gzip: unpack it first" },
  { begins: "PK\x05\x06", what: "a zip archive without any file" },
  { begins: "BZh", what: "compressed by bzip2: unpack it first" },
  { begins: "\xfd7zXZ\0", what: "compressed by xz: unpack it first" },
  {
    begins: "\x28\xb5\x2f\xfd",
    what: "compressed by Zstandard: unpack it first",
  },
  { begins: "7z\xbc\xaf\x27\x1c", what: "a 7z archive: unpack it first" },
  { begins: "Rar!\x1a\x07", what: "a RAR archive: unpack it first" },
  {
    begins: "\x89HDF\r\n\x1a\n",
    what: "an HDF5 file, as Keras writes models, which are not read",
  },
  { begins: "GGUF", what: "a GGUF model, which is not read" },
  { begins: "TFL3", at: 4, what: "a TensorFlow Lite model, which is not read" },
  { begins: "\x93NUMPY", what: "a NumPy array, which is not read" },
  { begins: "MATLAB ", what: "a MATLAB file, which is not read" },
  {
    begins: isOnnx,
    what: "an ONNX model, which is evaluated and searched with, but not " +
      "converted",
  },
  { begins: "\x89PNG", what: "a PNG image" },
  { begins: "\xff\xd8\xff", what: "a JPEG image" },
  { begins: "%PDF", what: "a PDF document" },
];

/**
 * Describes a file that is no model.
 *
 * @param block Its first bytes, at most 512.
 * @returns What it looks like; text and unknown bytes are shown.
 */
export const describeForeign = (block: Uint8Array): string => {
  if (block.byteLength === 0) return "it is empty";
  const latin = String.fromCharCode(...block);
  const known = signatures.find(({ begins, at = 0 }) =>
    typeof begins === "string"
      ? latin.startsWith(begins, at)
      : typeof begins === "function"
      ? begins(latin)
      : begins.test(latin)
  );
  if (known !== undefined) return `it is ${known.what}`;
  if (block.every((byte) => byte === 0)) {
    return "it begins with zeros only, perhaps of a download that was cut off";
  }
  return isText(block)
    ? `it is text, which begins with ${JSON.stringify(firstLine(block))}`
    : `it begins with ${hexadecimal(block.subarray(0, 8))}`;
};

/** Without control characters other than those of lines. */
const isText = (block: Uint8Array): boolean =>
  block.every((byte) => byte >= 0x20 ? byte !== 0x7f : isBlank(byte)) &&
  !new TextDecoder().decode(block.subarray(0, -4)).includes("\ufffd");

const isBlank = (byte: number): boolean =>
  byte === 0x09 || byte === 0x0a || byte === 0x0c || byte === 0x0d;

const firstLine = (block: Uint8Array): string =>
  new TextDecoder().decode(block).trim().split(/[\r\n]/)[0]!.slice(0, 40);

const hexadecimal = (bytes: Uint8Array): string =>
  Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join(" ");
