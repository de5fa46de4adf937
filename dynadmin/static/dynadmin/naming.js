// The twin of dynadmin/naming.py: the name proposed for a label as one types, by the same five steps.
"use strict";

window.dynadmin ??= {};

// Return a function (label, taken, kind) => name. "rules" come with the page: maxLength, letters, reserved.
dynadmin.makeProposer = (rules) => {
  const shorten = (name, room = 0) => name.slice(0, rules.maxLength - room).replace(/_+$/, "");

  const slug = (label) =>
    [...label]
      .map((letter) => rules.letters[letter] ?? letter)
      .join("")
      .normalize("NFKD")
      .replace(/[^\u0000-\u007f]/g, "")
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, "_")
      .replace(/^_+|_+$/g, "");

  const firstFree = (name, taken) => {
    let candidate = name;
    for (let number = 2; taken.has(candidate); number += 1) {
      candidate = shorten(name, `_${number}`.length) + `_${number}`;
    }
    return candidate;
  };

  const reserved = Object.fromEntries(Object.entries(rules.reserved).map(([kind, words]) => [kind, new Set(words)]));

  return (label, taken = new Set(), kind = "field") => {
    let name = shorten(slug(label) || kind);
    if (/^[0-9]/.test(name) || name.startsWith("get_")) {
      name = shorten(`${kind}_${name}`);
    }
    if (reserved[kind].has(name)) {
      name = `${name}_${kind}`;
    }
    return firstFree(name, taken);
  };
};
