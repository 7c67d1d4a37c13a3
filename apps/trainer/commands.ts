/**
 * The commands of the trainer.
 *
 * @module
 */
export { chooseClusters } from "./choose_clusters.ts";
export { demo } from "./demo.ts";
export { doctor } from "./doctor.ts";
export { resume } from "./resume.ts";
export { status } from "./status.ts";
export { storage } from "./storage.ts";
export { train } from "./train.ts";
