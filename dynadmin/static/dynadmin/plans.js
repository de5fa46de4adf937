// The page of a plan: what is typed as a value is chosen, and figures that a choice makes outdated say so.
"use strict";

(() => {
  const form = document.querySelector(".plan-form");
  const note = form?.querySelector(".plan-outdated");
  if (!note) {
    return;
  }
  const figures = form.querySelectorAll(".plan-figures");
  const apply = form.querySelector("button[name='_apply']");
  const again = form.querySelector("button[name='_count']");

  const stateOf = () =>
    JSON.stringify([...new FormData(form)].filter(([name, value]) => name !== "csrfmiddlewaretoken" && value !== ""));

  const before = stateOf();

  const tell = () => {
    const isOutdated = stateOf() !== before;
    figures.forEach((table) => table.classList.toggle("is-outdated", isOutdated));
    note.hidden = !isOutdated;
    again.classList.toggle("default", isOutdated || !apply);
    if (apply) {
      apply.disabled = isOutdated;
    }
  };

  form.addEventListener("input", (event) => {
    const radio = event.target.closest(".plan-radio")?.querySelector("input[type='radio']");
    if (radio) {
      radio.checked = true;
    }
    tell();
  });

  // A browser that goes back fills in what was chosen, after this has run.
  window.addEventListener("pageshow", tell);
})();
