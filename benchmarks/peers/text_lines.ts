/**
 * Lines of a stream of text.
 *
 * @module
 */

/** Cuts text at line feeds; what follows the last one comes at the end. */
export class TextLineStream extends TransformStream<string, string> {
  /** Starts with nothing. */
  constructor() {
    let rest = "";
    super({
      transform: (text, controller) => {
        const lines = (rest + text).split("\n");
        rest = lines.pop()!;
        for (const line of lines) controller.enqueue(line);
      },
      flush: (controller) => {
        if (rest !== "") controller.enqueue(rest);
      },
    });
  }
}
