"""Articles and places from files: all of them, or none."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from common.errors import DomainError
from contacts.models import Outcome, Topic
from knowledge import events, queries
from knowledge.actions.articles import save_article
from knowledge.actions.common import Actor
from knowledge.actions.places import save_place
from knowledge.files import COLUMNS, ArticleRow, PlaceRow, Problem, Read
from knowledge.models import Article, PlaceCard
from staff.models import User


@dataclass
class Loaded:
    """How many were new and how many changed; with problems, nothing was. `left`: columns that no file has."""

    added: int = 0
    changed: int = 0
    same: int = 0
    left: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


class _Undone(Exception):
    pass


def load(*, read: Read, by: Actor, dry_run: bool = False) -> Loaded:
    """Write what files say, known by their codes; what no file names stays. `dry_run`: say it, keep nothing.

    One problem, whichever, and nothing is kept.
    """
    done = Loaded(problems=list(read.problems))
    if done.problems:
        return done
    try:
        with transaction.atomic():
            _articles(read.articles, done, by)
            _places(read.places, done, by)
            if done.problems or dry_run:
                raise _Undone
    except _Undone:
        pass
    return done


def _articles(rows: list[ArticleRow], done: Loaded, by: Actor) -> None:
    topics = {one.code: one for one in Topic.objects.all()}
    people = {one.username: one for one in User.objects.filter(username__in={row.owner for row in rows})}
    known = {one.code: one for one in Article.objects.filter(code__in={row.code for row in rows}).defer("vector")}
    for row in rows:
        unknown = [code for code in row.topics if code not in topics]
        if unknown:
            done.problems.append(Problem(row.source, "no_such_topic", ", ".join(unknown)))
        if row.outcome and row.outcome not in Outcome.values:
            done.problems.append(Problem(row.source, "no_such_outcome", row.outcome))
        if row.owner and row.owner not in people:
            done.problems.append(Problem(row.source, "no_such_person", row.owner))
        if done.problems:
            continue
        values = {
            name: getattr(row, name)
            for name in ("code", "title", "spoken", "body", "language", "audience", "state", "outcome", "expires_on")
        }
        values |= {"owner": people.get(row.owner), "topics": [topics[code] for code in row.topics]}
        old = known.get(row.code)
        if old and values["expires_on"] is None and row.state == old.state:
            values["expires_on"] = old.expires_on  # a file without a date leaves the day to look it through
        _save(row.source, done, save_article, article=old, by=by, fact=events.article_imported, **values)


def _places(rows: list[PlaceRow], done: Loaded, by: Actor) -> None:
    topics = {one.code: one for one in Topic.objects.all()}
    known = {one.code: one for one in PlaceCard.objects.filter(code__in={row.code for row in rows}).defer("vector")}
    for row in rows:
        if row.topic and row.topic not in topics:
            done.problems.append(Problem(row.source, "no_such_topic", row.topic))
            continue
        place, building = known.get(row.code), queries.house_at(row.address)
        values = {name: getattr(row, name) for name in (row.said if place else COLUMNS)}
        if row.is_active is None:
            values["is_active"] = place.is_active if place else True
        if "topic" in values:
            values["topic"] = topics.get(row.topic)
        values |= {"building": building, "address": "" if building else row.address}
        _save(row.source, done, save_place, place=place, by=by, fact=events.place_imported, **values)
    if rows:
        done.left = [name for name in COLUMNS if not any(name in row.said for row in rows)]


def _save(source: str, done: Loaded, save: Callable[..., Any], **values: Any) -> None:
    old = values.get("article") or values.get("place")
    marks = type(old).objects.get(pk=old.pk).history.count() if old else 0
    try:
        saved = save(**values)
    except DomainError as error:
        named = [f"{name}: {text}" for name, text in error.fields.items()] or [str(error.text)]
        done.problems += [Problem(source, "refused", text) for text in named]
        return
    if old is None:
        done.added += 1
    elif saved.history.count() > marks:
        done.changed += 1
    else:
        done.same += 1
