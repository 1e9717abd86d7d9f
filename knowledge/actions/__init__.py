"""Every deed of knowledge. `articles`, `places`, `synonyms`: what the editors write; `files`: the same from files;
`missing`: what is asked for in vain; `uses`: what is given to callers."""

from knowledge.actions.articles import (
    ArticleChanged,
    BadArticle,
    CodeTaken,
    NotHis,
    confirm,
    remind_owners,
    restore,
    review,
    save_article,
)
from knowledge.actions.files import load
from knowledge.actions.missing import (
    NoPhrase,
    answer_missing,
    begin_answer,
    drop_missing,
    note_nothing_found,
    report_missing,
)
from knowledge.actions.places import BadPlace, check_place, save_place
from knowledge.actions.synonyms import BadSynonyms, save_synonyms
from knowledge.actions.uses import AlreadySent, NotForCallers, NoWay, rate, send, use

__all__ = [
    "AlreadySent",
    "ArticleChanged",
    "BadArticle",
    "BadPlace",
    "BadSynonyms",
    "CodeTaken",
    "NoPhrase",
    "NoWay",
    "NotForCallers",
    "NotHis",
    "answer_missing",
    "begin_answer",
    "check_place",
    "confirm",
    "drop_missing",
    "load",
    "note_nothing_found",
    "rate",
    "remind_owners",
    "report_missing",
    "restore",
    "review",
    "save_article",
    "save_place",
    "save_synonyms",
    "send",
    "use",
]
