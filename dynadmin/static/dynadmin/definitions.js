// The page of a table's definition: names proposed as one types, fields added, removed and put in order.
"use strict";

(() => {
  const page = JSON.parse(document.getElementById("definition-data")?.textContent ?? "null");
  const section = document.querySelector(".field-list");
  const list = section?.querySelector(".field-cards");
  if (!page || !list) {
    return; // somebody who may only look
  }
  const propose = dynadmin.makeProposer(page.naming);
  const cards = () => [...list.children];
  const part = (card, name) => card.querySelector(`[name$='-${name}']`);

  // --- Names ---

  // Propose a name while the label is typed, until a person writes one.
  const followLabel = (label, name, kind, takenNames) => {
    const current = () => (label.value.trim() ? propose(label.value, takenNames(), kind) : "");
    const isNew = name.closest("[data-new], .add-definition");
    let isProposed = name.value === "" || (isNew && name.value === current());
    label.addEventListener("input", () => {
      if (isProposed) {
        name.value = current();
      }
    });
    name.addEventListener("input", () => (isProposed = name.value === ""));
  };

  const namesBeside = (card) =>
    new Set(
      cards()
        .filter((other) => other !== card)
        .map((other) => part(other, "name").value),
    );

  // --- Order ---

  const titleOf = (card) => part(card, "label").value.trim() || part(card, "name").value || page.words.unnamed;

  const renumber = () =>
    cards().forEach((card, index, all) => {
      part(card, "position").value = index;
      card.querySelector("legend").textContent = titleOf(card);
      card.querySelector(".move-up").disabled = index === 0;
      card.querySelector(".move-down").disabled = index === all.length - 1;
    });

  const say = (text) => (section.querySelector(".field-news").textContent = text);

  const tellPlace = (card) => {
    const words = { field: titleOf(card), position: cards().indexOf(card) + 1, count: cards().length };
    say(page.words.moved.replace(/%\((\w+)\)s/g, (_match, word) => words[word]));
  };

  const move = (card, button) => {
    const isUp = button.matches(".move-up");
    if (isUp) {
      card.previousElementSibling?.before(card);
    } else {
      card.nextElementSibling?.after(card);
    }
    renumber();
    // A button that has just become useless loses the focus to the other one.
    (button.disabled ? card.querySelector(isUp ? ".move-down" : ".move-up") : button).focus();
    tellPlace(card);
  };

  let dragged = null;

  const startDrag = (event) => {
    dragged = event.target.closest?.(".field-card") ?? null;
    if (dragged) {
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", titleOf(dragged));
      event.dataTransfer.setDragImage(dragged, 16, 16);
      dragged.classList.add("is-dragged");
    }
  };

  const drag = (event) => {
    const over = dragged && event.target.closest(".field-card");
    if (!dragged) {
      return;
    }
    event.preventDefault();
    if (over && over !== dragged) {
      const box = over.getBoundingClientRect();
      const isBelow = event.clientY > box.top + box.height / 2;
      over[isBelow ? "after" : "before"](dragged);
    }
  };

  const endDrag = () => {
    if (dragged) {
      dragged.classList.remove("is-dragged");
      renumber();
      tellPlace(dragged);
      dragged = null;
    }
  };

  // --- Adding and removing ---

  const prepare = (card) => {
    if (card.matches(".is-locked")) {
      return; // its name, type and options are those of the table's kind
    }
    followLabel(part(card, "label"), part(card, "name"), "field", () => namesBeside(card));
    dynadmin.options.prepare(card);
    showRemoval(card);
  };

  const showRemoval = (card) => {
    const box = part(card, "DELETE");
    card.classList.toggle("is-removed", box.checked);
    box.nextElementSibling.textContent = box.checked ? page.words.undo : page.words.remove;
  };

  // A new field comes behind those that people have made, before what the table's kind has put at the end.
  const lastOfPeople = () => cards().findLast((card) => !card.matches(".is-locked"));

  const add = () => {
    const total = section.querySelector("[name$='-TOTAL_FORMS']");
    const html = section.querySelector("template").innerHTML.trim().replaceAll("__prefix__", total.value);
    const last = lastOfPeople();
    if (last) {
      last.insertAdjacentHTML("afterend", html);
    } else {
      list.insertAdjacentHTML("afterbegin", html);
    }
    total.value = Number(total.value) + 1;
    const card = last ? last.nextElementSibling : list.firstElementChild;
    prepare(card);
    renumber();
    part(card, "label").focus();
  };

  // --- The page ---

  const [label, name] = ["id_label", "id_name"].map((id) => document.getElementById(id));
  if (document.body.classList.contains("add-definition") && label && name) {
    followLabel(label, name, "table", () => new Set());
  }
  cards().forEach(prepare);
  renumber();

  section.querySelector(".add-field").addEventListener("click", add);
  list.addEventListener("click", (event) => {
    const button = event.target.closest(".move-up, .move-down");
    if (button) {
      move(button.closest(".field-card"), button);
    }
  });
  list.addEventListener("change", (event) => {
    if (event.target.name?.endsWith("-DELETE")) {
      const card = event.target.closest(".field-card");
      showRemoval(card);
      say((event.target.checked ? page.words.removed : page.words.kept).replace("%s", titleOf(card)));
    }
  });
  list.addEventListener("input", renumber);
  list.addEventListener("dragstart", startDrag);
  list.addEventListener("dragover", drag);
  list.addEventListener("drop", (event) => dragged && event.preventDefault());
  list.addEventListener("dragend", endDrag);
})();
