// The rules of a table's definition: only what its kind asks for is shown, and fields are offered as they stand
// on the page, new and renamed ones too.
"use strict";

(() => {
  const page = JSON.parse(document.getElementById("definition-data")?.textContent ?? "null");
  const section = document.querySelector(".rule-list");
  const list = section?.querySelector(".rule-cards");
  const fieldList = document.querySelector(".field-list");
  if (!page || !list || !fieldList) {
    return; // somebody who may only look
  }
  const cards = () => [...list.children];
  const part = (card, name) => card.querySelector(`[name$='-${name}']`);

  // --- The fields of the page ---

  const fields = () =>
    [...fieldList.querySelectorAll(".field-card")].map((card) => ({
      ref: part(card, "ref").value,
      label: part(card, "label").value.trim() || part(card, "name").value || page.words.unnamed,
      isRemoved: part(card, "DELETE").checked,
    }));

  // Offer the fields in a select, under what is first in it. One that is chosen stays until another is.
  const offer = (select, known) => {
    const chosen = select.value;
    const shown = known.filter((field) => !field.isRemoved || field.ref === chosen);
    select.replaceChildren(select.options[0], ...shown.map(({ ref, label }) => new Option(label, ref)));
    select.value = shown.some((field) => field.ref === chosen) ? chosen : "";
  };

  // --- One rule ---

  const selectsOf = (card) => [...card.querySelectorAll(".field-selects select")];

  const addSelect = (card) => {
    const [first, ...others] = selectsOf(card);
    const select = first.cloneNode(true);
    const number = others.length + 2;
    select.id = `${first.id}_${number}`;
    select.setAttribute("aria-label", page.words.fieldNumber.replace("%s", number));
    select.value = "";
    first.parentNode.append(select);
  };

  // As many selects as there are fields chosen, and one more to go on with; a comparison has one.
  const arrangeSelects = (card, isComparison) => {
    const rest = selectsOf(card).slice(1);
    const empty = rest.filter((select) => select.value === "");
    empty.slice(1).forEach((select) => select.remove());
    if (empty.length === 0) {
      addSelect(card);
    } else {
      empty[0].parentNode.append(empty[0]);
    }
    selectsOf(card).forEach((select, index) => {
      select.hidden = select.disabled = isComparison && index > 0;
      select.setAttribute("aria-label", page.words.fieldNumber.replace("%s", index + 1));
    });
  };

  const arrange = (card) => {
    const kind = part(card, "kind").value;
    const isComparison = page.rules.comparisons.includes(kind);
    card.classList.toggle("is-comparison", isComparison);
    card.querySelectorAll("[data-comparison]").forEach((element) => (element.hidden = !isComparison));
    const hasOther = isComparison && part(card, "other").value !== "";
    card.querySelector(".part-value").hidden = !isComparison || hasOther;
    card.querySelector(".rule-message").hidden = page.rules.silent.includes(kind);
    arrangeSelects(card, isComparison);
  };

  const note = (card, known) => {
    const box = part(card, "DELETE");
    const chosen = [...selectsOf(card), part(card, "other")].filter((select) => !select.disabled);
    const gone = known.find((field) => field.isRemoved && chosen.some((select) => select.value === field.ref));
    card.classList.toggle("is-removed", box.checked || Boolean(gone));
    box.nextElementSibling.textContent = box.checked ? page.words.undo : page.words.remove;
    const words = gone && !box.checked ? page.words.goes.replace("%s", gone.label) : "";
    const place = card.querySelector(".rule-note");
    if (place.textContent !== words) {
      place.textContent = words;
    }
  };

  let offered = "";

  const refresh = () => {
    const known = fields();
    const isNew = offered !== JSON.stringify(known);
    offered = JSON.stringify(known);
    for (const card of cards()) {
      if (isNew || !card.dataset.isOffered) {
        [...selectsOf(card), part(card, "other")].forEach((select) => offer(select, known));
        card.dataset.isOffered = "yes";
      }
      arrange(card);
      note(card, known);
    }
  };

  // --- The page ---

  const add = () => {
    const total = section.querySelector("[name$='-TOTAL_FORMS']");
    const template = section.querySelector("template").innerHTML;
    list.insertAdjacentHTML("beforeend", template.replaceAll("__prefix__", total.value));
    total.value = Number(total.value) + 1;
    refresh();
    part(list.lastElementChild, "kind").focus();
  };

  const say = (text) => (section.querySelector(".rule-news").textContent = text);

  section.querySelector(".add-rule").addEventListener("click", add);
  list.addEventListener("change", (event) => {
    refresh();
    if (event.target.name?.endsWith("-DELETE")) {
      const legend = event.target.closest("fieldset").querySelector("legend").textContent;
      say((event.target.checked ? page.words.removed : page.words.kept).replace("%s", legend));
    }
  });
  for (const kind of ["input", "change", "click"]) {
    fieldList.addEventListener(kind, refresh);
  }
  refresh();
})();
