import { Effect } from "effect";
import { answerIn, askChild } from "./doctor_ask.ts";
import assert from "node:assert/strict";

Deno.test("answerIn() reads the last line of a child that ended well", () => {
  const ended = { log: "", end: 0 };
  const output = 'a library says hello\n{"answer":{"flops":5}}\n';
  assert.deepEqual(answerIn({ ...ended, output }), { answer: { flops: 5 } });
});

Deno.test("answerIn() takes a child that the system killed for one without memory", () => {
  const killed = answerIn({ output: "", log: "", end: "SIGKILL" });
  assert.ok("failure" in killed);
  assert.match(killed.failure.reason, /memory runs out: lower --batch/);
});

Deno.test("answerIn() passes on the last words of a child that broke", () => {
  const broken = answerIn({ output: "", log: "trace\nno symbol x\n", end: 3 });
  assert.ok("failure" in broken);
  assert.match(broken.failure.reason, /ended with 3: no symbol x$/);
});

Deno.test("askChild() checks an engine in a process of its own, and says how to mend it", async () => {
  const ask = (provider: "cpu" | "cuda") =>
    Effect.runPromise(
      Effect.result(
        askChild("engine", { engine: "onnx", provider, threads: 1 }),
      ),
    );
  const works = await ask("cpu");
  assert.ok(works._tag === "Success");
  assert.equal(works.success.threads, 1);
  assert.ok(works.success.flops > 1e8);
  const missing = await ask("cuda");
  // A machine that has CUDA answers as well.
  if (missing._tag === "Success") return;
  assert.match(missing.failure.message, /Cannot compute on cuda/);
  assert.match(missing.failure.remedy ?? "", /CUDA and cuDNN/);
});
