/**
 * The faults that the figures of a run show, in words, with what to do about
 * each: the questions that people ask of such runs ("which loss is normal, is it
 * collapsing, is it done"), answered from the newest epoch.
 *
 * @module
 */
import { clusterRules } from "./cluster_warnings.ts";
import type { ReportWarning, RunHistory } from "./history.ts";
import { progressRules } from "./progress_warnings.ts";
import { trainingRules } from "./training_warnings.ts";

/**
 * Looks for faults in the newest clustering and the newest epoch of training.
 *
 * @param history Of a run, which may be under way.
 * @returns What was found, the gravest first; nothing for a healthy run.
 * Thresholds are those of `warningLimits`.
 */
export const warningsOf = (history: RunHistory): readonly ReportWarning[] =>
  [...trainingRules, ...clusterRules, ...progressRules].flatMap((rule) =>
    rule(history) ?? []
  );
