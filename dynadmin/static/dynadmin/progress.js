"use strict";

// Asks how far a change has come, each second while the page is seen, and shows it. Has it taken up by another
// worker if its own is gone.
(() => {
  const box = document.getElementById("progress");
  if (!box) {
    return;
  }
  const bar = box.querySelector("progress");
  const state = box.querySelector(".change-state");
  const rows = box.querySelector(".change-rows");

  function say(element, text) {
    // Only what is new is read out.
    if (element.textContent !== text) {
      element.textContent = text;
    }
  }

  function show(progress) {
    say(state, progress.state);
    say(rows, progress.rows);
    if (progress.total) {
      bar.max = progress.total;
      bar.value = progress.done;
    }
    const cancel = document.querySelector(".change-cancel");
    if (cancel) {
      cancel.hidden = !progress.can_be_cancelled;
    }
  }

  const headers = { Accept: "application/json", "X-CSRFToken": box.querySelector("[name=csrfmiddlewaretoken]").value };
  let method = "GET";

  async function ask() {
    if (!document.hidden) {
      try {
        const response = await fetch(box.dataset.url, { method, headers });
        if (!response.ok || response.redirected) {
          return window.location.reload();
        }
        const progress = await response.json();
        if (!progress.is_unfinished) {
          return window.location.reload();
        }
        show(progress);
        method = progress.is_silent ? "POST" : "GET";
      } catch {
        // The server is away for a moment; the next question finds it again.
      }
    }
    window.setTimeout(ask, 1000);
  }

  window.setTimeout(ask, 1000);
})();
