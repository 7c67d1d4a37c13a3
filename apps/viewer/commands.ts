/**
 * The commands of the viewer: they show what was learned.
 *
 * @module
 */
export {};
