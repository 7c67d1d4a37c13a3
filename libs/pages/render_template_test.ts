import assert from "node:assert/strict";
import { html, nothing } from "lit-html";
import { renderTemplate } from "./render_template.ts";

Deno.test("renderTemplate() escapes text and attributes", () => {
  const evil = `<img src=x onerror="alert('1')">&`;
  assert.equal(
    renderTemplate(html`<p title=${evil}>${evil}</p>`),
    `<p title="&#60;img src=x onerror=&#34;alert(&#39;1&#39;)&#34;&#62;&#38;">` +
      `&#60;img src=x onerror=&#34;alert(&#39;1&#39;)&#34;&#62;&#38;</p>`,
  );
});

Deno.test("renderTemplate() writes lists, nested templates and no nothing", () => {
  const items = [1, 2].map((n) => html`<li>${n}</li>`);
  assert.equal(
    renderTemplate(html`<ul>${items}</ul>${nothing}${undefined}${null}`),
    "<ul><li>1</li><li>2</li></ul>",
  );
});

Deno.test("renderTemplate() leaves listeners, properties and false attributes out", () => {
  const press = () => {};
  assert.equal(
    renderTemplate(
      html`
        <button ?disabled=${true} ?hidden=${false} @click=${press}
          .value=${1}
          aria-current=${nothing} class=${"a"}>x</button>
      `,
    ).replaceAll(/\s+/g, " ").trim(),
    `<button disabled class="a">x</button>`,
  );
});
