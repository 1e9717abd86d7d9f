"""What a file is, by its content; images are drawn anew, without what was hidden in them. Imports no framework."""

import io
import re
import unicodedata
import warnings
import zipfile
from dataclasses import dataclass

from PIL import Image, ImageOps

from common import cards

MOST_PIXELS = 40_000_000
MOST_ENTRIES = 5_000
MOST_UNPACKED = 200 * 1024 * 1024
LONGEST_NAME = 100
_IMAGES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp", "GIF": "image/png"}
_OFFICE = {
    "word/document.xml": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xl/workbook.xml": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ppt/presentation.xml": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}
_OPEN = {f"application/vnd.oasis.opendocument.{kind}" for kind in ("text", "spreadsheet", "presentation")}
_EXTENSIONS = {
    "image/jpeg": ("jpg", "jpeg"),
    "image/png": ("png",),
    "image/webp": ("webp",),
    "application/pdf": ("pdf",),
    "text/plain": ("txt", "log", "csv"),
    _OFFICE["word/document.xml"]: ("docx",),
    _OFFICE["xl/workbook.xml"]: ("xlsx",),
    _OFFICE["ppt/presentation.xml"]: ("pptx",),
    "application/vnd.oasis.opendocument.text": ("odt",),
    "application/vnd.oasis.opendocument.spreadsheet": ("ods",),
    "application/vnd.oasis.opendocument.presentation": ("odp",),
}
# Office writes the printer's settings as .bin too; those are harmless.
_PROGRAM = re.compile(
    r"(?<!printersettings)(?<!printersettings\d)(?<!printersettings\d\d)\.(bin|exe|js|vbs)$", re.IGNORECASE
)
_TEXT_CONTROLS = re.compile("[\x00-\x08\x0b\x0e-\x1f]")


class NotAllowed(ValueError):
    """`code`: empty, unknown, broken, bomb, macros."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Kept:
    """What is stored: for an image its new drawing, else the same bytes. Width and height in pixels."""

    body: bytes
    content_type: str
    width: int | None = None
    height: int | None = None


def examine(body: bytes) -> Kept:
    """The file as it may be stored. Raises NotAllowed."""
    if not body:
        raise NotAllowed("empty")
    if body.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF87a", b"GIF89a")) or body[8:12] == b"WEBP":
        return _drawn(body)
    if body.startswith(b"%PDF-"):
        return Kept(body, "application/pdf")
    if body.startswith(b"PK\x03\x04"):
        return Kept(body, _office(body))
    if body.startswith((b"MZ", b"\x7fELF", b"\xd0\xcf\x11\xe0")):
        raise NotAllowed("unknown")
    return _text(body)


def _drawn(body: bytes) -> Kept:
    """Only pixels survive: no EXIF, no place, no second format hidden behind the first."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(body), formats=list(_IMAGES)) as image:
                kind = str(image.format)
                if image.width * image.height > MOST_PIXELS:
                    raise NotAllowed("bomb")
                upright = ImageOps.exif_transpose(image)
                clean = upright.convert("RGB" if kind == "JPEG" else "RGBA")
    except NotAllowed:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise NotAllowed("bomb") from None
    except Exception:  # whatever a decoder says of a damaged file
        raise NotAllowed("broken") from None
    clean.info = {}
    out = io.BytesIO()
    target = "PNG" if kind == "GIF" else kind
    clean.save(out, target, **({"quality": 88} if target in {"JPEG", "WEBP"} else {}))
    return Kept(out.getvalue(), _IMAGES[kind], *clean.size)


def _office(body: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            entries = archive.infolist()
            if len(entries) > MOST_ENTRIES or sum(one.file_size for one in entries) > MOST_UNPACKED:
                raise NotAllowed("bomb")
            names = {one.filename for one in entries}
            if any(_escapes(name) for name in names):
                raise NotAllowed("unknown")
            if any(_PROGRAM.search(name) for name in names):
                raise NotAllowed("macros")
            if "[Content_Types].xml" in names:
                found = next((kind for part, kind in _OFFICE.items() if part in names), None)
            else:
                found = _open_document(archive, names)
    except NotAllowed:
        raise
    except Exception:  # zipfile raises half a dozen kinds for damaged archives
        raise NotAllowed("broken") from None
    if found is None:
        raise NotAllowed("unknown")
    return found


def _open_document(archive: zipfile.ZipFile, names: set[str]) -> str | None:
    if "mimetype" not in names or archive.getinfo("mimetype").file_size > 100:
        return None
    if any(name.startswith(("Basic/", "Scripts/")) for name in names):
        raise NotAllowed("macros")
    kind = archive.read("mimetype").decode("ascii", "replace")
    return kind if kind in _OPEN else None


def _escapes(name: str) -> bool:
    return name.startswith(("/", "\\")) or ".." in re.split(r"[/\\]", name) or ":" in name


def _text(body: bytes) -> Kept:
    """UTF-8, or the old Russian encoding; stored as UTF-8, without card numbers."""
    for encoding in ("utf-8-sig", "cp1251"):
        try:
            text = body.decode(encoding)
        except UnicodeDecodeError:
            continue
        if _TEXT_CONTROLS.search(text):
            break
        return Kept(cards.mask(text).encode(), "text/plain")
    raise NotAllowed("unknown")


def clean_name(raw: str) -> str:
    """A name that is only a name: no folders, nothing invisible, nothing that turns the reading direction."""
    last = re.split(r"[/\\]", raw)[-1]
    kept = cards.mask("".join(" " if char.isspace() else char for char in last if not _is_hidden(char)))
    return re.sub(r'[<>:"|?*]', "_", kept).strip(" .")[-LONGEST_NAME:] or "file"


def _is_hidden(char: str) -> bool:
    return unicodedata.category(char) in {"Cc", "Cf", "Cs", "Co", "Cn"} and not char.isspace()


def with_extension(name: str, content_type: str) -> str:
    """The name with an ending that its content has earned: `a.png.html` that holds text is `a.png.html.txt`."""
    endings = _EXTENSIONS[content_type]
    return name if name.lower().rpartition(".")[2] in endings and "." in name else f"{name}.{endings[0]}"
