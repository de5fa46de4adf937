"use strict";
// Select2 leaves its parts without names for those who hear the page instead of seeing it. This names each
// after the label of its select, also those that are drawn later.

(() => {
  const labelOf = (select) => {
    const label = select.id && document.querySelector(`label[for="${CSS.escape(select.id)}"]`);
    return select.getAttribute("aria-label") || (label ? label.textContent.replace(/:\s*$/, "").trim() : select.name);
  };

  const name = (element, words) => {
    if (element.getAttribute("aria-label") === words) return;
    element.removeAttribute("aria-labelledby");
    element.setAttribute("aria-label", words);
  };

  const mend = () => {
    for (const container of document.querySelectorAll(".select2-container")) {
      const select = container.previousElementSibling;
      if (!select || select.tagName !== "SELECT") continue;
      const words = labelOf(select);
      const chosen = [...select.selectedOptions].map((option) => option.textContent).filter(Boolean).join(", ");
      for (const part of container.querySelectorAll(".select2-selection, [role=textbox]")) {
        name(part, chosen ? `${words}: ${chosen}` : words);
      }
      for (const part of container.querySelectorAll(".select2-search__field")) name(part, words);
      for (const list of container.querySelectorAll("ul.select2-selection__rendered")) {
        if (list.getAttribute("role") !== "presentation") list.setAttribute("role", "presentation");
        for (const item of list.children) {
          if (item.tagName === "LI" && !item.hasAttribute("role")) item.setAttribute("role", "presentation");
        }
      }
    }
    for (const part of document.querySelectorAll(".select2-dropdown .select2-search__field")) {
      const results = part.closest(".select2-dropdown").querySelector(".select2-results__options");
      const id = results && results.id.replace(/^select2-/, "").replace(/-results$/, "");
      const select = id && document.getElementById(id);
      if (select) name(part, labelOf(select));
    }
  };

  document.addEventListener("DOMContentLoaded", () => {
    mend();
    new MutationObserver(mend).observe(document.body, {childList: true, subtree: true});
  });
})();
