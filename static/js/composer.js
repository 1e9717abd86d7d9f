// The place where one writes: switching between reply and note, files by button, paste and drop with their progress.
const composer = () => document.querySelector("[data-composer]");
const visible = () => [...(composer()?.querySelectorAll("form[data-kind]") || [])].find((form) => form.getClientRects().length);

// A click on the chosen kind, or its key, leads into the field.
document.addEventListener("click", (event) => {
  if (event.target.closest?.("[data-composer] .kinds label")) setTimeout(() => visible()?.querySelector("[data-text]")?.focus());
});
document.addEventListener("change", (event) => {
  if (event.target.matches?.("[data-composer] .kinds input")) visible()?.querySelector("[data-text]")?.focus();
  if (event.target.matches?.("[data-composer] input[type=file]")) { upload(event.target.form, [...event.target.files]); event.target.value = ""; }
});

function row(form, name) {
  const item = document.createElement("li");
  const title = document.createElement("span");
  title.className = "clip";
  title.textContent = name;
  const bar = document.createElement("progress");
  bar.max = 1;
  bar.value = 0;
  bar.setAttribute("aria-label", name);
  item.append(title, bar);
  form.querySelector(".files").append(item);
  return { item, bar };
}

function complain(form, html) {
  const box = document.getElementById("toasts");
  box.insertAdjacentHTML("beforeend", html);
}

// One after another, also with what is taken off meanwhile: the server's list of files is true after each, and a refused one
// does not stop the others.
const turns = new WeakMap();

function inTurn(form, job) {
  const turn = (turns.get(form) ?? Promise.resolve(true)).then(async (isWhole) => (await job()) && isWhole);
  turns.set(form, turn);
  turn.then(() => { if (turns.get(form) === turn) turns.delete(form); });
}

function upload(form, files) {
  for (const file of files) inTurn(form, () => send(form, file));
}

// Whether the server took it.
function send(form, file) {
  const { item, bar } = row(form, file.name);
  const data = new FormData();
  for (const name of ["csrfmiddlewaretoken", "kind", "seen"]) data.set(name, form.elements[name].value);
  data.set("files", file, file.name);
  return new Promise((done) => {
    const request = new XMLHttpRequest();
    request.open("POST", composer().dataset.files);
    request.setRequestHeader("HX-Request", "true");
    request.upload.onprogress = (event) => {
      bar.value = event.lengthComputable ? event.loaded / event.total : 0;
      if (!item.isConnected) form.querySelector(".files").append(item);  // the page was drawn anew
    };
    request.onload = async () => {
      item.remove();
      done(request.status === 200);
      if (request.status === 200) await show(document.getElementById(`${form.dataset.kind}-list`), request.responseText);
      else complain(form, request.status === 422 ? request.responseText : failed());
    };
    request.onerror = () => { item.remove(); complain(form, failed()); done(false); };
    request.send(data);
  });
}

// Morphed: a button of another file stays under the hand that is about to press it.
async function show(list, text) {
  list.dispatchEvent(new CustomEvent("deed-done", { bubbles: true }));
  await window.htmx?.swap({ text, target: list, sourceElement: list, swap: "outerMorph" });
}

// What is sent takes its files along: it waits for those that are on their way, and stays here when one was refused.
document.addEventListener("htmx:before:request", (event) => {
  const form = event.target.closest?.("[data-composer] form");
  if (!form) return;
  const { ctx } = event.detail, post = ctx.fetch, turn = turns.get(form);
  if (event.target.closest(".files"))
    ctx.fetch = (...request) => new Promise((reply, fail) => inTurn(form, () => post(...request).then(reply, fail).then(() => true)));
  else if (turn) ctx.fetch = async (...request) => {
    if (await turn) return post(...request);
    throw new DOMException("A file was refused", "AbortError");
  };
});

function failed() {
  const toast = document.createElement("p");
  toast.className = "toast error";
  toast.setAttribute("role", "alert");
  toast.textContent = composer().dataset.failed;
  return toast.outerHTML;
}

document.addEventListener("paste", (event) => {
  const form = event.target.closest?.("[data-composer] form");
  const files = [...(event.clipboardData?.files || [])];
  if (form && files.length) { event.preventDefault(); upload(form, files); }
});
for (const kind of ["dragover", "dragleave", "drop"]) document.addEventListener(kind, (event) => {
  const form = event.target.closest?.("[data-composer] form");
  if (!form || !event.dataTransfer?.types.includes("Files")) return;
  if (kind !== "dragleave") event.preventDefault();
  form.classList.toggle("takes", kind === "dragover");
  if (kind === "drop") upload(form, [...event.dataTransfer.files]);
});

// Whoever writes goes on writing: a sent text may change what the composer shows, and the focus would fall to the page,
// where Escape means "back to the list".
let writes = false;
document.addEventListener("focusin", (event) => { writes = Boolean(event.target.closest("[data-composer]")); });
document.addEventListener("keydown", (event) => { if (event.key === "Escape") writes = false; }, true);
document.addEventListener("pointerdown", (event) => { if (!event.target.closest?.("[data-composer]")) writes = false; });
document.addEventListener("htmx:after:swap", () => {
  if (writes && document.activeElement === document.body) visible()?.querySelector("[data-text]")?.focus();
});
