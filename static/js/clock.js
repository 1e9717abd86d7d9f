// Clocks that run: <time data-count="up|down" datetime="…"> shows 02:47; a promise that has passed counts on in red.
function text(seconds) {
  const whole = Math.floor(Math.abs(seconds));
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60].map((n) => String(n).padStart(2, "0"));
  return (parts[0] === "00" ? parts.slice(1) : parts).join(":");
}

function tick() {
  for (const clock of document.querySelectorAll("time[data-count]")) {
    const since = (Date.now() - Date.parse(clock.dateTime)) / 1000;
    const down = clock.dataset.count === "down";
    const isLate = down ? since > 0 : since > Number(clock.dataset.limit || Infinity);
    // What has begun a moment ahead of this computer's clock has lasted no time yet.
    clock.textContent = (down && isLate ? "+" : "") + text(down ? since : Math.max(0, since));
    clock.classList.toggle("late", isLate);
  }
}

tick();
setInterval(tick, 1000);
document.addEventListener("htmx:after:swap", tick);
