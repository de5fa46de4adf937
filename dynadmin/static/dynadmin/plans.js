// The page of a plan: what is typed as a value is chosen, figures that a choice makes outdated say so, and those
// of some rows are replaced by those of all as soon as these are counted.
"use strict";

(() => {
  // --- Choices ---

  const stateOf = (form) =>
    JSON.stringify([...new FormData(form)].filter(([name, value]) => name !== "csrfmiddlewaretoken" && value !== ""));

  const watch = (form) => {
    const note = form.querySelector(".plan-outdated");
    if (!note) {
      return () => {};
    }
    const apply = form.querySelector("button[name='_apply']");
    const again = form.querySelector("button[name='_count']");
    const before = stateOf(form);

    const tell = () => {
      const isOutdated = stateOf(form) !== before;
      form.querySelectorAll(".plan-figures").forEach((table) => table.classList.toggle("is-outdated", isOutdated));
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
    return tell;
  };

  // --- Figures of all rows ---

  const inputsOf = (page) => [...page.querySelectorAll(".plan-choice input")];

  // Put into the new page what was chosen in the old one while it was made.
  const carryOver = (old, page) => {
    const byId = new Map(inputsOf(old).map((input) => [input.id, input]));
    for (const input of inputsOf(page)) {
      const before = byId.get(input.id);
      if (before) {
        input.checked = before.checked;
        input.value = before.value;
      }
    }
  };

  const replace = (old, page) => {
    const focused = document.activeElement?.id;
    const tell = watch(page.querySelector(".plan-form"));
    carryOver(old, page);
    old.replaceWith(page);
    if (focused) {
      document.getElementById(focused)?.focus();
    }
    tell();
    const news = document.querySelector(".plan-news");
    news.textContent = news.dataset.counted;
  };

  const countAll = async (page, counting) => {
    counting.querySelector(".plan-counting-now").hidden = false;
    const response = await fetch(counting.dataset.url, { credentials: "same-origin" });
    const found = new DOMParser().parseFromString(await response.text(), "text/html").querySelector(".plan-page");
    if (response.ok && found) {
      replace(page, document.adoptNode(found));
    }
  };

  // --- The page ---

  const form = document.querySelector(".plan-form");
  if (form) {
    // A browser that goes back fills in what was chosen, after this has run.
    window.addEventListener("pageshow", watch(form));
  }
  const page = document.querySelector(".plan-page");
  const counting = page?.querySelector(".plan-counting");
  if (counting) {
    countAll(page, counting).catch(() => {
      counting.querySelector(".plan-counting-now").hidden = true; // the link is left
    });
  }
})();
