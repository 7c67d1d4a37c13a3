/**
 * What the servers of pages share: they listen on this machine alone, answer
 * only their own pages, state how a browser may use what they send, and say in
 * a sentence what they cannot do.
 *
 * @module
 */
export { htmlResponse, layerFiles } from "./files.ts";
export { listenOnLoopback, PortError, type ServerServices } from "./listen.ts";
export { type Endpoint, layerMethodsNotAllowed } from "./methods.ts";
export {
  BadRequest,
  Conflict,
  Gone,
  NotFound,
  orNotFound,
  problemResponse,
  TooLarge,
  Unavailable,
} from "./problems.ts";
export { type FailureDetails, layerProtection } from "./protection.ts";
