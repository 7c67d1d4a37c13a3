/**
 * Text of streams: as lines, or the end of it.
 *
 * @module
 */

/**
 * Splits a stream of UTF-8 into its lines, each as soon as it is complete.
 *
 * @param stream The stream.
 * @returns The lines without their ends; a last one without an end is left out.
 */
export async function* textLines(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
): AsyncGenerator<string> {
  let rest = "";
  for await (const part of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + part).split("\n");
    rest = lines.pop()!;
    yield* lines;
  }
}

/**
 * Reads a stream of UTF-8 to its end.
 *
 * @param stream The stream.
 * @returns Its last 2000 letters.
 */
export const lastText = async (
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
): Promise<string> => {
  let text = "";
  for await (const line of textLines(stream)) {
    text = `${text}\n${line}`.slice(-2000);
  }
  return text.trim();
};
