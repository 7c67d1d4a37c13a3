/**
 * How ONNX Runtime is kept from copying what it wrote into bound tensors.
 *
 * @module
 */

/**
 * The first output of every model, a sequence.
 *
 * After a run that wrote all results into the bound tensors, the
 * library (1.30.0) copies each of them into a new array nobody uses: for
 * AlexNet's parameters and momenta 490 MB a step, 0.4 s and as much garbage.
 * It makes these copies in the order of the outputs, and cannot make one of a
 * sequence: with a sequence first it stops there. The run itself is over by
 * then, and no failure of a run says {@link refusesSequence}.
 */
export const marker = "%finished";

/** What it says when it meets the sequence. */
export const refusesSequence = "Non tensor type is temporarily not supported.";
