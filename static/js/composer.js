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

// One after another: the server's list of files is true after each, and a refused one does not stop the others.
async function upload(form, files) {
  for (const file of files) await send(form, file);
}

function send(form, file) {
  const { item, bar } = row(form, file.name);
  const data = new FormData();
  for (const name of ["csrfmiddlewaretoken", "kind", "seen"]) data.set(name, form.elements[name].value);
  data.set("files", file, file.name);
  return new Promise((done) => {
    const request = new XMLHttpRequest();
    request.open("POST", composer().dataset.files);
    request.setRequestHeader("HX-Request", "true");
    request.upload.onprogress = (event) => { bar.value = event.lengthComputable ? event.loaded / event.total : 0; };
    request.onload = () => {
      item.remove();
      if (request.status === 200) {
        const list = document.getElementById(`${form.dataset.kind}-list`);
        list.outerHTML = request.responseText;
        window.htmx?.process(document.getElementById(`${form.dataset.kind}-list`));
      } else if (request.status === 422) complain(form, request.responseText);
      else complain(form, failed());
      done();
    };
    request.onerror = () => { item.remove(); complain(form, failed()); done(); };
    request.send(data);
  });
}

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
