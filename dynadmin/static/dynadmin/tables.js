"use strict";

// The list of tables follows what one types. Without this script the same form sends the same search.
{
  const PAUSE_MS = 150;
  const input = document.getElementById("tables-search");
  const lines = document.getElementById("table-lines");
  let timer = 0;
  let latest = 0;

  async function search() {
    const asked = ++latest;
    const url = new URL(input.form.action);
    if (input.value.trim()) {
      url.searchParams.set("q", input.value);
    }
    const response = await fetch(url, { credentials: "same-origin" });
    if (!response.ok || asked !== latest) {
      return; // an answer that came too late must not replace a newer one
    }
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const found = page.getElementById("table-lines");
    if (found) {
      lines.replaceChildren(...found.childNodes);
    }
  }

  input?.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => search().catch(() => {}), PAUSE_MS);
  });
}
