// Light, dark, or as the system: remembered in this browser, applied before the first paint.
const root = document.documentElement;
const apply = (theme) => { if (theme === "light" || theme === "dark") root.dataset.theme = theme; else delete root.dataset.theme; };
let chosen = null;
try { chosen = localStorage.getItem("theme"); } catch { /* a browser without storage follows the system */ }
apply(chosen);

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-theme-choice]");
  if (!button) return;
  apply(button.dataset.themeChoice);
  try { localStorage.setItem("theme", button.dataset.themeChoice); } catch { /* the choice lives as long as the page */ }
});
