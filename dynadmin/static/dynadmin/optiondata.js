// Options as data: whether they fit the schema of a type, what is usual, and what goes along to another type.
"use strict";

window.dynadmin ??= {};

dynadmin.optionData = (() => {
  const EMPTY = { array: [], boolean: false, integer: null, number: null, object: {}, string: "" };

  const defaultOf = (schema) => schema.default ?? structuredClone(EMPTY[schema.type]);

  const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

  const isEmpty = (value) => value === null || value === undefined || value === "" || same(value, []);

  const isObject = (value) => kindOf(value) === "object" && value !== null;

  const kindOf = (value) => (Array.isArray(value) ? "array" : typeof value);

  const KINDS = { array: "array", boolean: "boolean", integer: "number", number: "number", object: "object" };

  // A select holds texts, also for a value that is true or false.
  const asShown = (schema, value) => (schema.choices && kindOf(value) === "boolean" ? String(value) : value);

  // Numbers that a browser rounds would come back as others than they were.
  const isExact = (value) => !Number.isInteger(value) || Number.isSafeInteger(value);

  const fits = (schema, value) =>
    value === null ||
    (isExact(value) &&
      kindOf(asShown(schema, value)) === (KINDS[schema.type] ?? "string") &&
      (schema.type !== "array" || value.every((item) => fitsItem(schema.items, item))));

  const fitsItem = (schema, item) =>
    schema.type === "object"
      ? isObject(item) && Object.values(item).every((v) => kindOf(v) === "string")
      : kindOf(item) === "string";

  const fitsAll = (schema, data) =>
    isObject(data) &&
    Object.entries(data).every(([key, value]) => key in schema.properties && fits(schema.properties[key], value));

  // Return a value for every option of the schema.
  const complete = (schema, data) =>
    Object.fromEntries(
      Object.entries(schema.properties).map(([key, property]) => [
        key,
        key in data ? asShown(property, data[key]) : defaultOf(property),
      ]),
    );

  const isOffered = (schema, value) => schema.choices?.some((choice) => choice.value === value) ?? true;

  // What people chose goes along to another type where that has the option; what was usual becomes what is usual.
  const carry = (old, schema, data) =>
    Object.fromEntries(
      Object.entries(data ?? {}).filter(([key, value]) => {
        const [before, after] = [old?.properties[key], schema.properties[key]];
        const isChosen = before && !same(value, defaultOf(before)) && !isEmpty(value);
        return isChosen && after && fits(after, value) && isOffered(after, value);
      }),
    );

  // A select shows only what it offers: a value from elsewhere, say a colour, has to be among its choices.
  const offer = (schema, value) => {
    if (!isEmpty(value) && !isOffered(schema, value)) {
      schema.choices.push({ value, title: value });
    }
  };

  // Return the schema as the library needs it to show these options.
  const schemaFor = (original, data) => {
    const schema = structuredClone(original);
    for (const [key, property] of Object.entries(schema.properties)) {
      offer(property, data[key]);
      if (property.type === "array") {
        property.description = property.helpText; // what the library shows above a list
      }
      for (const [name, part] of Object.entries(property.items?.properties ?? {})) {
        (data[key] ?? []).forEach((item) => offer(part, item[name]));
      }
    }
    return schema;
  };

  // Return the schema with conditions that are on one of these fields.
  const withFields = (original, fields) => {
    const schema = structuredClone(original);
    schema.properties.limit.items.properties.field.choices = fields;
    return schema;
  };

  // Return what differs from the usual, as words. "no" is the page's word for it.
  const summary = (schema, data, no) => {
    const tell = (property, value) => {
      if (property.type === "boolean") {
        return value ? property.title : `${property.title}: ${no}`;
      }
      const shown = property.choices?.find((choice) => choice.value === value)?.title ?? value;
      const text = [shown].flat().map((item) => item?.label || item?.value || String(item)).join(", ");
      return `${property.title}: ${text.length > 40 ? `${text.slice(0, 39)}…` : text}`;
    };
    return Object.entries(isObject(data) ? schema.properties : {})
      .filter(([key, property]) => key in data && !isEmpty(data[key]) && !same(data[key], defaultOf(property)))
      .map(([key, property]) => tell(property, asShown(property, data[key])))
      .join(" · ");
  };

  return { carry, complete, fits: fitsAll, schemaFor, summary, withFields };
})();
