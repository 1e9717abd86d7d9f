// Toasts leave by themselves after ten seconds, errors when they are closed.
const box = document.getElementById("toasts");

function arm(toast) {
  if (!toast.matches(".error")) setTimeout(() => toast.remove(), 10000);
}

new MutationObserver((changes) => {
  for (const change of changes) for (const node of change.addedNodes) if (node.nodeType === 1) arm(node);
}).observe(box, { childList: true });
[...box.children].forEach(arm);

document.addEventListener("click", (event) => {
  event.target.closest("[data-dismiss]")?.closest(".toast, .banner")?.remove();
});

// A server that is away must not wipe the region that asked (htmx-config: noSwap): it is said here, once.
document.addEventListener("htmx:response:error", ({ detail }) => {
  if (detail.ctx.response.status < 500 || box.querySelector(".away")) return;
  const toast = document.createElement("div");
  toast.className = "toast away";
  toast.setAttribute("role", "alert");
  toast.textContent = box.dataset.away;
  box.append(toast);
});
