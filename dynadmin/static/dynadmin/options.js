// The editor of a field's options: opened when it is wanted, and switched when the type is.
//
// django-jsonform draws it. What it draws has neither ids nor labels for screen readers, so they are added here.
"use strict";

window.dynadmin ??= {};

(() => {
  const forms = new WeakMap(); // the textarea of a field's options -> its editor
  const data = dynadmin.optionData;
  let page;

  // --- What belongs together ---

  const partsOf = (card) => ({
    details: card.querySelector("details.field-options"),
    holder: card.querySelector(".options-editor"),
    select: card.querySelector("select[name$='-type']"),
    summary: card.querySelector(".options-summary"),
    textarea: card.querySelector("textarea[name$='-options']"),
  });

  const read = (textarea) => {
    try {
      return JSON.parse(textarea.value || "{}");
    } catch {
      return undefined;
    }
  };

  const summarise = (card) => {
    const { select, summary, textarea } = partsOf(card);
    const schema = page.schemas[select.value];
    summary.textContent = schema ? data.summary(schema, read(textarea), page.words.no) : "";
  };

  // --- Names for what the library draws without ---

  const describe = (holder, prefix) => {
    for (const input of holder.querySelectorAll("input[name], select[name], textarea[name]")) {
      input.id = `${prefix}-${input.name.replaceAll("§", "-")}`;
      // The hidden text is what is sent; these would only add to it.
      input.setAttribute("form", "");
      const row = input.closest(".rjf-form-row-inner");
      const label = row.querySelector("label");
      if (label && !label.contains(input)) {
        label.htmlFor = input.id;
      }
      const notes = [...row.querySelectorAll(".rjf-error-text, .rjf-help-text")];
      notes.forEach((note, index) => (note.id = `${input.id}-note-${index}`));
      input.setAttribute("aria-describedby", notes.map((note) => note.id).join(" "));
      input.toggleAttribute("aria-invalid", row.querySelector(".rjf-error-text") !== null);
      if (input.hasAttribute("aria-invalid")) {
        input.setAttribute("aria-invalid", "true");
      }
    }
    for (const option of holder.querySelectorAll("option[disabled][value='']")) {
      // "Select..." is in the way of a choice of the type's own that stands for nothing.
      option.value = option.parentElement.querySelector("option:not([disabled])[value='']") ? "\u0000" : "";
      option.hidden = option.value !== "";
      if (option.hidden && option.selected) {
        option.parentElement.value = "";
      }
    }
    for (const group of holder.querySelectorAll(".rjf-form-group-children")) {
      [...group.querySelectorAll(":scope > .rjf-form-group-wrapper")].forEach((wrapper, index) => {
        wrapper.setAttribute("role", "group");
        wrapper.setAttribute("aria-label", page.words.entry.replace("%s", index + 1));
      });
    }
  };

  // --- Conditions: the fields they are on are those of the rows that other options name ---

  const fieldsOf = new Map(); // what was asked for -> the fields there

  const askFields = async (asked) => {
    const response = await fetch(`${page.limitFields}?${asked}`);
    return response.ok ? (await response.json()).fields : [];
  };

  const offerFields = async (card, form) => {
    const { holder, select, textarea } = partsOf(card);
    const schema = page.schemas[select.value];
    const { target, source } = read(textarea) ?? {};
    const asked = String(new URLSearchParams({ table: page.table ?? "", ...(target ? { target } : { source: source ?? "" }) }));
    if (!schema.properties.limit || !(target || source) || card.dataset.limited === asked) {
      return;
    }
    card.dataset.limited = asked;
    if (!fieldsOf.has(asked)) {
      fieldsOf.set(asked, await askFields(asked).catch(() => []));
    }
    if (card.dataset.limited === asked && fieldsOf.get(asked).length) {
      const options = data.complete(schema, read(textarea) ?? {});
      const offered = data.withFields(schema, fieldsOf.get(asked));
      form.update({
        schema: data.schemaFor(offered, options),
        data: options,
        errorMap: JSON.parse(holder.dataset.errors || "{}"),
      });
    }
  };

  // --- Opening and switching ---

  const draw = (card, options) => {
    const { holder, select, textarea } = partsOf(card);
    const scratch = document.createElement("textarea"); // where the library writes, so that opening changes nothing
    scratch.hidden = true;
    scratch.id = `${textarea.id}_scratch`;
    holder.after(scratch);
    holder.id = `${textarea.id}_editor`;
    const form = reactJsonForm.createForm({
      containerId: holder.id,
      dataInputId: scratch.id,
      schema: data.schemaFor(page.schemas[select.value], options),
      data: options,
      errorMap: JSON.parse(holder.dataset.errors || "{}"),
    });
    forms.set(textarea, form);
    new MutationObserver(() => describe(holder, textarea.id)).observe(holder, { childList: true, subtree: true });
    form.addEventListener("change", (event) => {
      textarea.value = JSON.stringify(event.data);
      summarise(card);
      offerFields(card, form);
    });
    form.render();
    describe(holder, textarea.id);
    offerFields(card, form);
  };

  const showRaw = (card, isRaw) => {
    const { holder, textarea } = partsOf(card);
    textarea.hidden = !isRaw;
    card.querySelector(".raw-options").hidden = !isRaw;
    holder.hidden = isRaw;
    const errors = isRaw ? Object.entries(JSON.parse(holder.dataset.errors || "{}")) : [];
    card.querySelector(".raw-errors").replaceChildren(
      ...errors.flatMap(([option, messages]) =>
        messages.map((message) => {
          const item = document.createElement("li");
          item.textContent = `${option}: ${message}`;
          return item;
        }),
      ),
    );
  };

  const open = (card) => {
    const { select, textarea } = partsOf(card);
    if (forms.has(textarea)) {
      return;
    }
    const [schema, options] = [page.schemas[select.value], read(textarea)];
    const isFit = schema !== undefined && data.fits(schema, options);
    showRaw(card, !isFit);
    if (isFit) {
      draw(card, data.complete(schema, options));
    }
  };

  const switchType = (card) => {
    const { details, holder, select, textarea } = partsOf(card);
    const [old, schema] = [page.schemas[card.dataset.type], page.schemas[select.value]];
    if (schema === undefined) {
      return; // the type that the field had is not installed any more
    }
    const options = data.complete(schema, data.carry(old, schema, read(textarea)));
    card.dataset.type = select.value;
    card.dataset.limited = "";
    textarea.value = JSON.stringify(options);
    holder.dataset.errors = "{}";
    forms.get(textarea)?.update({ schema: data.schemaFor(schema, options), data: options, errorMap: {} });
    showRaw(card, false);
    details.open = true;
    open(card);
    summarise(card);
  };

  // --- For the page ---

  dynadmin.options = {
    // Get a card ready: one that was on the page at first, or one that was added.
    prepare(card) {
      page ??= JSON.parse(document.getElementById("definition-data").textContent);
      const { details, select, textarea } = partsOf(card);
      // Somebody may have chosen before this script was there.
      const drawn = [...select.options].find((option) => option.defaultSelected)?.value ?? select.value;
      const isEarly = select.value !== drawn && textarea.value === textarea.defaultValue;
      card.dataset.type = isEarly ? drawn : select.value;
      select.addEventListener("change", () => switchType(card));
      textarea.addEventListener("input", () => summarise(card));
      details.addEventListener("toggle", () => details.open && open(card));
      if (isEarly) {
        switchType(card);
      } else if (details.open) {
        open(card);
      }
      summarise(card);
    },
  };
})();
