// The editor of a field's options: opened when it is wanted, and switched when the type is.
//
// django-jsonform draws it. What it draws has neither ids nor labels for screen readers, so they are added here.
"use strict";

window.dynadmin ??= {};

(() => {
  const forms = new WeakMap(); // the textarea of a field's options -> its editor
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

  // --- Data that fits a schema ---

  const EMPTY = { array: [], boolean: false, integer: null, number: null, object: {}, string: "" };

  const defaultOf = (schema) => schema.default ?? structuredClone(EMPTY[schema.type]);

  const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

  const isEmpty = (value) => value === null || value === undefined || value === "" || same(value, []);

  const kindOf = (value) => (Array.isArray(value) ? "array" : typeof value);

  const KINDS = { array: "array", boolean: "boolean", integer: "number", number: "number", object: "object" };

  // A select holds texts, also for a value that is true or false.
  const asShown = (schema, value) => (schema.choices && kindOf(value) === "boolean" ? String(value) : value);

  const fits = (schema, value) =>
    value === null ||
    (kindOf(asShown(schema, value)) === (KINDS[schema.type] ?? "string") &&
      (schema.type !== "array" || value.every((item) => fitsItem(schema.items, item))));

  const fitsItem = (schema, item) =>
    schema.type === "object"
      ? kindOf(item) === "object" && item !== null && Object.values(item).every((v) => kindOf(v) === "string")
      : kindOf(item) === "string";

  const fitsAll = (schema, data) =>
    kindOf(data) === "object" &&
    data !== null &&
    Object.entries(data).every(([key, value]) => key in schema.properties && fits(schema.properties[key], value));

  const complete = (schema, data) =>
    Object.fromEntries(
      Object.entries(schema.properties).map(([key, property]) => [
        key,
        key in data ? asShown(property, data[key]) : defaultOf(property),
      ]),
    );

  // What people chose goes along to another type where that has the option; what was usual becomes what is usual.
  const carry = (old, schema, data) =>
    Object.fromEntries(
      Object.entries(data ?? {}).filter(([key, value]) => {
        const [before, after] = [old?.properties[key], schema.properties[key]];
        return after && before && !same(value, defaultOf(before)) && !isEmpty(value) && fits(after, value);
      }),
    );

  // A select shows only what it offers: a value from elsewhere, say a colour, has to be among its choices.
  const offer = (schema, value) => {
    if (schema.choices && !isEmpty(value) && !schema.choices.some((choice) => choice.value === value)) {
      schema.choices.push({ value, title: value });
    }
  };

  const schemaFor = (slug, data) => {
    const schema = structuredClone(page.schemas[slug]);
    for (const [key, property] of Object.entries(schema.properties)) {
      offer(property, data[key]);
      if (property.type === "array") {
        property.description = property.helpText; // what the library shows above a list
      }
      for (const [name, part] of Object.entries(property.items?.properties ?? {})) {
        (data[key] ?? []).forEach((item) => offer(part, item[name]));
      }
    }
    return schema;
  };

  // --- The line that tells what is chosen while the options are folded ---

  const tell = (schema, value) => {
    if (schema.type === "boolean") {
      return value ? schema.title : `${schema.title}: ${page.words.no}`;
    }
    const shown = schema.choices?.find((choice) => choice.value === value)?.title ?? value;
    const text = [shown].flat().map((item) => item.label || item.value || String(item)).join(", ");
    return `${schema.title}: ${text.length > 40 ? `${text.slice(0, 39)}…` : text}`;
  };

  const summarise = (card) => {
    const { select, summary, textarea } = partsOf(card);
    const [schema, data] = [page.schemas[select.value], read(textarea)];
    const chosen = Object.entries(schema && kindOf(data) === "object" && data !== null ? schema.properties : {})
      .filter(([key, property]) => key in data && !isEmpty(data[key]) && !same(data[key], defaultOf(property)))
      .map(([key, property]) => tell(property, asShown(property, data[key])));
    summary.textContent = chosen.join(" · ");
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

  // --- Opening and switching ---

  const draw = (card, data) => {
    const { holder, select, textarea } = partsOf(card);
    const scratch = document.createElement("textarea"); // where the library writes, so that opening changes nothing
    scratch.hidden = true;
    scratch.id = `${textarea.id}_scratch`;
    holder.after(scratch);
    holder.id = `${textarea.id}_editor`;
    const form = reactJsonForm.createForm({
      containerId: holder.id,
      dataInputId: scratch.id,
      schema: schemaFor(select.value, data),
      data,
      errorMap: JSON.parse(holder.dataset.errors || "{}"),
    });
    forms.set(textarea, form);
    new MutationObserver(() => describe(holder, textarea.id)).observe(holder, { childList: true, subtree: true });
    form.addEventListener("change", (event) => {
      textarea.value = JSON.stringify(event.data);
      summarise(card);
    });
    form.render();
    describe(holder, textarea.id);
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
    const [schema, data] = [page.schemas[select.value], read(textarea)];
    const isFit = schema !== undefined && data !== undefined && fitsAll(schema, data);
    showRaw(card, !isFit);
    if (isFit) {
      draw(card, complete(schema, data));
    }
  };

  const switchType = (card) => {
    const { details, holder, select, textarea } = partsOf(card);
    const schema = page.schemas[select.value];
    const data = complete(schema, carry(page.schemas[card.dataset.type], schema, read(textarea)));
    card.dataset.type = select.value;
    textarea.value = JSON.stringify(data);
    holder.dataset.errors = "{}";
    forms.get(textarea)?.update({ schema: schemaFor(select.value, data), data, errorMap: {} });
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
      card.dataset.type = select.value;
      select.addEventListener("change", () => switchType(card));
      textarea.addEventListener("input", () => summarise(card));
      details.addEventListener("toggle", () => details.open && open(card));
      if (details.open) {
        open(card);
      }
      summarise(card);
    },
  };
})();
