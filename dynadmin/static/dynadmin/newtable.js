// The page of a new table from a file: the options of each column open as in the page of a definition.
"use strict";

for (const card of document.querySelectorAll(".dynadmin-newtable .field-card")) {
  const kept = card.querySelector("[name$='-is_kept']");
  const show = () => card.classList.toggle("is-left-out", !kept.checked);
  kept.addEventListener("change", show);
  show();
  dynadmin.options.prepare(card);
}

// A large file takes a while; on the way back to the page nothing is under way.
const proposal = document.querySelector(".newtable-form");
if (proposal) {
  const news = proposal.querySelector(".newtable-news");
  proposal.addEventListener("submit", () => {
    news.textContent = news.dataset.words;
  });
  window.addEventListener("pageshow", () => {
    news.textContent = "";
  });
}
