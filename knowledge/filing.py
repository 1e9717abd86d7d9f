"""From rows of the database to files, and from what was uploaded to (name, content) pairs."""

import io
import zipfile
from collections.abc import Iterator

from knowledge.files import MOST_BYTES, MOST_FILES, ArticleRow, PlaceRow, write_article, write_places
from knowledge.models import Article, PlaceCard

MOST_UNPACKED = 20_000_000


class BadArchive(ValueError):
    """No archive that is taken; the text says why."""


def unpacked(name: str, content: bytes) -> list[tuple[str, bytes]]:
    """What an upload holds: itself, or an archive's files, read no further than what is taken. Raises BadArchive."""
    if not name.lower().endswith(".zip"):
        return [(name, content)]
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        return list(_members(archive))
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise BadArchive("no archive") from error


def _members(archive: zipfile.ZipFile) -> Iterator[tuple[str, bytes]]:
    left = MOST_UNPACKED
    members = [one for one in archive.infolist() if not one.is_dir()]
    if len(members) > MOST_FILES:
        raise BadArchive("too many files")
    for one in members:
        with archive.open(one) as file:  # the sizes that an archive tells of itself are not believed
            content = file.read(min(MOST_BYTES, left) + 1)
        left -= len(content)
        if left < 0:
            raise BadArchive("too long")
        yield one.filename, content


def article_row(one: Article) -> ArticleRow:
    return ArticleRow(
        source="",
        code=one.code,
        title=one.title,
        spoken=one.spoken,
        body=one.body,
        language=one.language,
        audience=one.audience,
        state=one.state,
        topics=tuple(topic.code for topic in one.topics.all()),
        outcome=one.outcome,
        owner=one.owner.username if one.owner else "",
        expires_on=one.expires_on,
    )


def place_row(one: PlaceCard) -> PlaceRow:
    return PlaceRow(
        source="",
        code=one.code,
        kind=one.kind,
        title=one.title,
        address=one.where,
        hours=one.hours,
        exceptions=one.exceptions,
        how_to_find=one.how_to_find,
        latitude=one.latitude,
        longitude=one.longitude,
        commission=one.commission,
        services=one.services,
        topic=one.topic.code if one.topic else "",
        checked_on=one.checked_on,
        is_active=one.is_active,
    )


def archive() -> bytes:
    """Everything as a ZIP: an article a file, one file of places. What it holds can be loaded again as it is."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made:
        for one in Article.objects.select_related("owner").prefetch_related("topics").defer("vector").order_by("code"):
            made.writestr(f"articles/{one.code}.md", write_article(article_row(one)))
        places = PlaceCard.objects.with_address().defer("vector").order_by("code")
        made.writestr("places.csv", "\ufeff" + "".join(write_places(map(place_row, places))))
    return buffer.getvalue()
