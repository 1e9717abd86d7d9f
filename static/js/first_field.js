// A <details data-first-field> that opens leads to its first field, or to the first one that has to be mended.
document.addEventListener("toggle", (event) => {
  const opened = event.target;
  if (!opened.matches?.("details[data-first-field][open]")) return;
  const fields = "select, input:not([type=hidden]), textarea";
  (opened.querySelector(`.bad :is(${fields})`) || opened.querySelector(`form :is(${fields})`))?.focus();
}, true);
