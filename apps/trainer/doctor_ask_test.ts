import { answerIn } from "./doctor_ask.ts";
import assert from "node:assert/strict";

const reasonOf = (ended: Parameters<typeof answerIn>[0]): string => {
  const answer = answerIn(ended);
  assert.ok("reason" in answer);
  return answer.reason;
};

Deno.test("answerIn() takes a child that the system killed for one without memory", () => {
  const killed = reasonOf({ output: "", log: "", end: "SIGKILL" });
  assert.match(killed, /memory runs out: lower --batch/);
});

Deno.test("answerIn() passes on the last words of a child that broke", () => {
  const broken = reasonOf({ output: "", log: "trace\nno symbol x\n", end: 3 });
  assert.match(broken, /ended with 3: no symbol x$/);
});
