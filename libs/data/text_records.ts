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
 * Cuts text into lines, at LF, CR LF or CR.
 *
 * @param onLine Called with each line, without its end, and its number from 1.
 * @returns The reader.
 */
export const lineReader = (
  onLine: (line: string, number: number) => void,
): TextReader => {
  let rest = "";
  let number = 0;
  return {
    feed: (text) => {
      const all = rest + text;
      const next = (mark: string, from: number) => {
        const at = all.indexOf(mark, from);
        return at < 0 ? all.length : at;
      };
      let from = 0;
      let lf = next("\n", 0);
      let cr = next("\r", 0);
      // Whether a CR at the very end is one of CR LF, the next piece tells.
      for (
        let end;
        (end = Math.min(lf, cr)) < all.length - (cr < lf ? 1 : 0);
      ) {
        onLine(all.slice(from, end), ++number);
        from = end + (cr < lf && all[end + 1] === "\n" ? 2 : 1);
        if (lf < from) lf = next("\n", from);
        if (cr < from) cr = next("\r", from);
      }
      rest = all.slice(from);
    },
    end: () => {
      if (rest !== "") {
        onLine(rest.endsWith("\r") ? rest.slice(0, -1) : rest, ++number);
      }
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

/** How the records of a {@link csvReader} are written. */
export interface CsvDialect {
  /** The character between fields. Default: a comma. */
  readonly delimiter?: string;
  /** Number of the line with which the text begins. Default: 1. */
  readonly line?: number;
}

/** A delimiter in a message. */
const delimiterName = (delimiter: string): string =>
  ({ ",": "comma", ";": "semicolon", "\t": "tab" })[delimiter] ?? delimiter;

const quote = 34;
const newline = 10;
const carriageReturn = 13;

/**
 * Cuts text into CSV records.
 *
 * Fields are parted by commas and may be quoted; a quoted field may hold
 * commas, line breaks, and quotes written twice. Lines end in LF, CR LF or CR.
 * Empty lines are passed over.
 *
 * @param listener Called with what is found.
 * @param dialect See {@link CsvDialect}.
 * @returns The reader.
 */
export const csvReader = (
  listener: CsvListener,
  { delimiter = ",", line = 1 }: CsvDialect = {},
): TextReader => {
  const parting = delimiter.charCodeAt(0);
  const state: CsvState = {
    listener,
    parting,
    within: "before",
    fields: [],
    field: "",
    afterReturn: false,
    line,
    recordLine: line,
    quoteLine: line,
  };
  return {
    feed: (text) => {
      let from = 0;
      for (let i = 0; i < text.length; i++) {
        const code = text.charCodeAt(i);
        if (
          code === parting || code === quote || code === newline ||
          code === carriageReturn
        ) {
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

/** A reader's position in its text. */
interface CsvState {
  readonly listener: CsvListener;
  /** Code of the character between fields. */
  readonly parting: number;
  /** Before a field, in one without or with quotes, or behind its quotes. */
  within: "before" | "plain" | "quoted" | "closed";
  /** Fields of the record that are complete. */
  fields: string[];
  /** The field so far. */
  field: string;
  /** Whether the last character was a CR: an LF then ends no further line. */
  afterReturn: boolean;
  line: number;
  recordLine: number;
  quoteLine: number;
}

/** Reads a character between fields, a quote or a line end. */
const readMark = (state: CsvState, code: number): void => {
  const { within, listener, line } = state;
  const secondHalf = code === newline && state.afterReturn;
  state.afterReturn = code === carriageReturn;
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
  else if (code === state.parting) endField(state);
  else if (!secondHalf) endRecord(state);
  if (code === carriageReturn || code === newline && !secondHalf) {
    state.line++;
  }
  // A record begins on the line after the last one's end.
  if (state.within === "before" && state.fields.length === 0) {
    state.recordLine = state.line;
  }
};

/** Reads text without any of these. */
const readPlain = (state: CsvState, text: string): void => {
  const { within, listener, line } = state;
  state.afterReturn = false;
  if (within === "closed") {
    const mark = delimiterName(String.fromCharCode(state.parting));
    const rule = `a ${mark} or line end must follow a closing quote`;
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
  endField(state);
  const { fields, listener } = state;
  const blank = fields.length === 1 && fields[0] === "";
  if (!blank) listener.onRecord(fields, state.recordLine);
  state.fields = [];
};
