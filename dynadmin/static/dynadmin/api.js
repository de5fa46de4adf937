// Sends the forms of an API page with the method they are meant for, which HTML alone cannot.
"use strict";

(() => {
  const bodyOf = (form) =>
    form.dataset.json === undefined ? new FormData(form) : form.elements.json.value;

  const headersOf = (form) => {
    const headers = { Accept: "application/json", "X-CSRFToken": form.elements.csrfmiddlewaretoken.value };
    if (form.dataset.json !== undefined) {
      headers["Content-Type"] = "application/json";
    }
    return headers;
  };

  const listOf = (messages) =>
    messages.map((message) => {
      const item = document.createElement("li");
      item.textContent = message;
      return item;
    });

  // Messages go beside their input; in a form without that input, to the others at the top.
  const showProblem = (form, problem) => {
    const errors = { ...(problem.errors || {}) };
    for (const list of form.querySelectorAll(".errorlist")) {
      const messages = errors[list.dataset.field] || [];
      delete errors[list.dataset.field];
      list.replaceChildren(...listOf(messages));
      list.hidden = !messages.length;
    }
    const rest = Object.entries(errors).map(([name, messages]) => `${name}: ${messages.join(" ")}`);
    const outcome = form.querySelector(".api-outcome");
    outcome.textContent = [problem.detail, ...rest].join(" ");
    outcome.hidden = false;
    outcome.scrollIntoView({ block: "nearest" });
  };

  const showSuccess = (form, response) => {
    const next = form.dataset.next || response.headers.get("Location") || window.location.href;
    window.location.assign(next);
  };

  const send = async (form) => {
    const method = form.dataset.method;
    const body = method === "DELETE" ? undefined : bodyOf(form);
    try {
      const response = await fetch(window.location.href, { method, body, headers: headersOf(form) });
      if (response.ok) {
        showSuccess(form, response);
      } else {
        showProblem(form, await response.json());
      }
    } catch (error) {
      showProblem(form, { detail: String(error) });
    }
  };

  for (const form of document.querySelectorAll("form.api-send")) {
    form.hidden = false;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (!form.dataset.confirm || window.confirm(form.dataset.confirm)) {
        send(form);
      }
    });
  }
})();
