/**
 * Lines and CSV records out of text that arrives in pieces.
 *
 * Reference: Y. Shafranovich, RFC 4180, "Common Format and MIME Type for
 * Comma-Separated Values (CSV) Files", 2005.
 *
 * @module
 */

/** Takes text piece by piece. */
export interface TextReader {
  /** Reads on. */
  readonly feed: (text: string) => void;
  /** Reads what is left when there is no more text. */
  readonly end: () => void;
}

/**
 * Cuts text into lines, at LF or CR LF.
 *
 * @param onLine Called with each line, without its end, and its number from 1.
 * @returns The reader.
 */
export const lineReader = (
  onLine: (line: string, number: number) => void,
): TextReader => {
  let rest = "";
  let number = 0;
  const emit = (line: string) =>
    onLine(line.endsWith("\r") ? line.slice(0, -1) : line, ++number);
  return {
    feed: (text) => {
      const all = rest + text;
      let from = 0;
      for (let end = all.indexOf("\n"); end >= 0;) {
        emit(all.slice(from, end));
        from = end + 1;
        end = all.indexOf("\n", from);
      }
      rest = all.slice(from);
    },
    end: () => {
      if (rest !== "") emit(rest);
      rest = "";
    },
  };
};

/** What a {@link csvReader} finds. */
export interface CsvListener {
  /** A record with the number of the line on which it begins. */
  readonly onRecord: (fields: readonly string[], line: number) => void;
  /** A broken rule of RFC 4180; reading on gives nothing sensible. */
  readonly onProblem: (rule: string, line: number) => void;
}

const comma = 44;
const quote = 34;
const newline = 10;
const carriageReturn = 13;

/**
 * Cuts text into CSV records.
 *
 * Fields are parted by commas and may be quoted; a quoted field may hold
 * commas, line breaks, and quotes written twice. Lines end in LF or CR LF.
 * Empty lines are passed over.
 *
 * @param listener Called with what is found.
 * @returns The reader.
 */
export const csvReader = (
  { onRecord, onProblem }: CsvListener,
): TextReader => {
  let state: "before" | "plain" | "quoted" | "closed" = "before";
  let fields: string[] = [];
  let field = "";
  let line = 1;
  let recordLine = 1;
  let quoteLine = 1;

  const endField = () => {
    fields.push(field);
    field = "";
    state = "before";
  };
  const endRecord = () => {
    const blank = fields.length === 0 && field === "" && state === "before";
    if (!blank) {
      if (state === "plain" && field.endsWith("\r")) field = field.slice(0, -1);
      endField();
      if (fields.length > 1 || fields[0] !== "") onRecord(fields, recordLine);
    }
    fields = [];
    recordLine = line + 1;
  };
  /** Reads one character that is not plain text; -1 ends the text. */
  const readMark = (code: number) => {
    if (code === quote && state === "before") {
      state = "quoted";
      quoteLine = line;
    } else if (code === quote && state === "quoted") state = "closed";
    else if (code === quote && state === "closed") {
      field += '"';
      state = "quoted";
    } else if (code === quote) {
      onProblem("a field that holds a quote must be quoted", line);
    } else if (state === "quoted") field += String.fromCharCode(code);
    else if (code === comma) endField();
    else endRecord();
    if (code === newline) line++;
  };
  const readPlain = (text: string, from: number, to: number) => {
    if (state === "closed") {
      if (to - from === 1 && text.charCodeAt(from) === carriageReturn) return;
      return onProblem("a comma or line end must follow a closing quote", line);
    }
    if (state === "before") state = "plain";
    field += text.slice(from, to);
  };
  return {
    feed: (text) => {
      let from = 0;
      for (let i = 0; i < text.length; i++) {
        const code = text.charCodeAt(i);
        if (code === comma || code === quote || code === newline) {
          if (i > from) readPlain(text, from, i);
          readMark(code);
          from = i + 1;
        }
      }
      if (text.length > from) readPlain(text, from, text.length);
    },
    end: () => {
      if (state === "quoted") {
        onProblem("a quoted field must be closed", quoteLine);
      } else endRecord();
    },
  };
};
