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
export const csvReader = (listener: CsvListener): TextReader => {
  const state: CsvState = {
    listener,
    within: "before",
    fields: [],
    field: "",
    line: 1,
    recordLine: 1,
    quoteLine: 1,
  };
  return {
    feed: (text) => {
      let from = 0;
      for (let i = 0; i < text.length; i++) {
        const code = text.charCodeAt(i);
        if (code === comma || code === quote || code === newline) {
          if (i > from) readPlain(state, text.slice(from, i));
          readMark(state, code);
          from = i + 1;
        }
      }
      if (text.length > from) readPlain(state, text.slice(from));
    },
    end: () => {
      if (state.within === "quoted") {
        listener.onProblem("a quoted field must be closed", state.quoteLine);
      } else endRecord(state);
    },
  };
};

/** Where a reader stands in its text. */
interface CsvState {
  readonly listener: CsvListener;
  /** Before a field, in one without or with quotes, or behind its quotes. */
  within: "before" | "plain" | "quoted" | "closed";
  /** Fields of the record that are complete. */
  fields: string[];
  /** The field so far. */
  field: string;
  line: number;
  recordLine: number;
  quoteLine: number;
}

/** Reads a comma, a quote or a line feed. */
const readMark = (state: CsvState, code: number): void => {
  const { within, listener, line } = state;
  if (code === quote && within === "before") {
    state.within = "quoted";
    state.quoteLine = line;
  } else if (code === quote && within === "quoted") state.within = "closed";
  else if (code === quote && within === "closed") {
    state.field += '"';
    state.within = "quoted";
  } else if (code === quote) {
    listener.onProblem("a field that holds a quote must be quoted", line);
  } else if (within === "quoted") state.field += String.fromCharCode(code);
  else if (code === comma) endField(state);
  else endRecord(state);
  if (code === newline) state.line++;
};

/** Reads text without commas, quotes and line feeds. */
const readPlain = (state: CsvState, text: string): void => {
  const { within, listener, line } = state;
  if (within === "closed") {
    if (text === "\r") return;
    const rule = "a comma or line end must follow a closing quote";
    return listener.onProblem(rule, line);
  }
  if (within === "before") state.within = "plain";
  state.field += text;
};

const endField = (state: CsvState): void => {
  state.fields.push(state.field);
  state.field = "";
  state.within = "before";
};

/** Ends a record at the end of a line; an empty line is none. */
const endRecord = (state: CsvState): void => {
  const { within, field, listener } = state;
  if (within === "plain" && field.endsWith("\r")) {
    state.field = field.slice(0, -1);
  }
  endField(state);
  const { fields } = state;
  const blank = fields.length === 1 && fields[0] === "";
  if (!blank) listener.onRecord(fields, state.recordLine);
  state.fields = [];
  state.recordLine = state.line + 1;
};
