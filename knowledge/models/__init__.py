from knowledge.models.article import Article, ArticleVersion, Audience, Language, State
from knowledge.models.missing import MissingAnswer, MissingArticleVersion
from knowledge.models.place import PlaceCard, PlaceCardEvent, PlaceKind
from knowledge.models.search import Synonyms, SynonymsEvent, Word
from knowledge.models.use import ArticleUse

__all__ = [
    "Article",
    "ArticleUse",
    "ArticleVersion",
    "Audience",
    "Language",
    "MissingAnswer",
    "MissingArticleVersion",
    "PlaceCard",
    "PlaceCardEvent",
    "PlaceKind",
    "State",
    "Synonyms",
    "SynonymsEvent",
    "Word",
]
