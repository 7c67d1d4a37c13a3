/**
 * The yardstick itself.
 *
 * @module
 */
import { measured } from "../measure/bench.ts";
import { yardstick } from "../measure/yardstick.ts";

measured(yardstick);
