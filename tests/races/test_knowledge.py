"""Articles, answers and questions at the very same moment: nothing is written over, sent twice or counted once."""

from functools import partial

import pytest

from contacts.models import Topic
from knowledge import actions
from knowledge.models import Article, ArticleUse, MissingAnswer
from messaging.models import Message
from staff.models import User
from tests.factories.town import house
from tests.knowledge.shelf import article, call
from tests.races.together import errors, together

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_editors_of_one_version_one_saves_and_the_other_is_told(vera: User, sergey: User) -> None:
    one = article()
    for n in range(1, 6):
        save = partial(actions.save_article, article=one, expected=n)
        outcomes = together(partial(save, by=vera, spoken=f"Раз {n}"), partial(save, by=sergey, spoken=f"Два {n}"))
        assert [type(error) for error in errors(outcomes)] == [actions.ArticleChanged]
    one.refresh_from_db()
    numbers = [event.data["number"] for event in one.history.order_by("pk")]
    assert one.version == 6 and numbers == [1, 2, 3, 4, 5, 6]


def test_two_new_articles_of_one_title_are_two_or_one_is_refused_in_words(vera: User, sergey: User) -> None:
    for n in range(5):
        write = partial(actions.save_article, title=f"Переезд {n}", spoken="Назовите адрес.")
        outcomes = together(partial(write, by=vera), partial(write, by=sergey))
        assert {type(error) for error in errors(outcomes)} <= {actions.CodeTaken}
        assert Article.objects.filter(title=f"Переезд {n}").count() == 2 - len(errors(outcomes))


def test_an_answer_pressed_twice_is_given_once_and_leaves_once(vera: User, sergey: User) -> None:
    told = article(topics=[Topic.objects.all()[0].code])
    for n in range(1, 5):
        contact = call(house(str(n)))
        give = partial(actions.use, contact=contact, article=told)
        first, second = together(partial(give, by=vera), partial(give, by=sergey))
        assert errors([first, second]) == [] and first.pk == second.pk
        send = partial(actions.send, use=first, channel="phone")
        outcomes = together(partial(send, by=vera), partial(send, by=sergey))
        assert [type(error) for error in errors(outcomes)] == [actions.AlreadySent]
        assert Message.objects.count() == n and ArticleUse.objects.count() == n


def test_what_is_missed_by_several_at_once_is_counted_for_each(vera: User, sergey: User) -> None:
    for n in range(1, 5):
        ask = partial(actions.report_missing, text=f"Где {n} касса")
        outcomes = together(
            partial(ask, by=vera), partial(ask, by=sergey), partial(actions.note_nothing_found, text=f"где {n} касса")
        )
        assert errors(outcomes) == []
    assert set(MissingAnswer.objects.values_list("asked", "sought")) == {(2, 1)}
