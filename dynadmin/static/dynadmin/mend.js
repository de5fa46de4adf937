"use strict";

// Django's own scripts make elements that a screen reader cannot name. This gives them what they lack.
window.addEventListener("load", () => {
  for (const icon of document.querySelectorAll(".search-label-icon[aria-label]")) {
    icon.setAttribute("role", "img");
  }
});
