// A file dropped on the page goes the way of one that was chosen. Without this script it is chosen and sent.
"use strict";

for (const form of document.querySelectorAll(".drop-file")) {
  const zone = form.querySelector(".drop-zone");
  const input = form.querySelector("input[type='file']");
  const news = form.querySelector(".drop-news");
  let depth = 0; // dragging over a child leaves the parent

  const hasFiles = (event) => event.dataTransfer.types.includes("Files");

  const send = () => {
    if (input.files.length) {
      news.textContent = news.dataset.words;
      form.requestSubmit();
    }
  };

  const mark = () => zone.classList.toggle("is-over", depth > 0);

  form.addEventListener("dragenter", (event) => {
    if (hasFiles(event)) {
      event.preventDefault();
      depth += 1;
      mark();
    }
  });
  form.addEventListener("dragleave", () => {
    depth = Math.max(0, depth - 1);
    mark();
  });
  form.addEventListener("dragover", (event) => {
    if (hasFiles(event)) {
      event.preventDefault();
      event.dataTransfer.dropEffect = "copy";
    }
  });
  form.addEventListener("drop", (event) => {
    if (hasFiles(event)) {
      event.preventDefault();
      depth = 0;
      mark();
      const one = new DataTransfer();
      one.items.add(event.dataTransfer.files[0]);
      input.files = one.files;
      send();
    }
  });
  input.addEventListener("change", send);
}
