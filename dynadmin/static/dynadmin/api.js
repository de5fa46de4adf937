// Sends the forms of an API page with the method they are meant for, which HTML alone cannot.
"use strict";

(() => {
  const said = (data, name) =>
    data.getAll(name).map((value) => (value instanceof File ? value.name : value)).join("\n");

  // Only what was changed is sent: an input shows less of a moment than the row holds.
  const changesOf = (form, before) => {
    const data = new FormData(form);
    for (const name of new Set([...before.keys(), ...data.keys()])) {
      if (said(data, name) === said(before, name)) {
        data.delete(name);
      } else if (!data.has(name)) {
        data.append(name, "");
      }
    }
    return data;
  };

  const bodyOf = (form, before) => {
    if (form.dataset.json !== undefined) {
      return form.elements.json.value;
    }
    return form.dataset.method === "PATCH" ? changesOf(form, before) : new FormData(form);
  };

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

  const send = async (form, before) => {
    const method = form.dataset.method;
    const body = method === "DELETE" ? undefined : bodyOf(form, before);
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
    const before = new FormData(form);
    form.hidden = false;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (!form.dataset.confirm || window.confirm(form.dataset.confirm)) {
        send(form, before);
      }
    });
  }
})();
