/**
 * Names of momenta, as PyTorch's.
 *
 * An entry of its own (`@deepcluster/graph/momentum-name`), for who reads files
 * and computes nothing.
 *
 * @module
 */

/**
 * Returns the name of a parameter's momentum in the state, as PyTorch's.
 *
 * @param parameter Name of the parameter.
 * @returns Name of its momentum.
 */
export const momentumName = (parameter: string): string =>
  `${parameter}.momentum_buffer`;
