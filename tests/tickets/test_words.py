"""The pure parts of a conversation: names that are called, texts that fold, variables that are filled."""

from hypothesis import given
from hypothesis import strategies as st

from tickets import mentions, reading, words

LINES = st.lists(
    st.sampled_from(
        ["Добрый день", "", "> цитата", "  > ещё", "4 марта Олег пишет:", "-- Original Message", "слово " * 60]
    ),
    max_size=30,
).map("\n".join)


@given(LINES | st.text(max_size=3000))
def test_folding_and_quoting_lose_no_letter(text: str) -> None:
    own, quoted = reading.own_and_quoted(text)
    assert own + quoted == text
    head, rest = reading.fold(text)
    assert head + rest == text
    assert head.strip() or not text.strip() or rest.strip()


def test_a_quotation_below_is_folded_and_answers_between_its_lines_are_not() -> None:
    mail = "Спасибо, работает.\n\n4 марта 2026 Сергей Титов написал:\n> Проверьте, пожалуйста.\n> Сергей\n"
    assert reading.own_and_quoted(mail) == (mail[:20], mail[20:])
    between = "> Роутер включён?\nДа\n> А кабель?\nТоже\n"
    assert reading.own_and_quoted(between) == (between, "")
    assert reading.own_and_quoted("> одна цитата") == ("> одна цитата", "")
    said = "Он мне пишет:\nприходите завтра"
    assert reading.own_and_quoted(said) == (said, "")


def test_a_usual_text_is_shown_whole_and_a_long_one_is_cut_between_words() -> None:
    assert reading.fold("слово " * 100)[1] == ""
    head, rest = reading.fold("слово " * 1000)
    assert len(head) <= reading.LETTERS and head.endswith(" ") and rest
    head, rest = reading.fold("строка\n" * 40)
    assert head.count("\n") == reading.LINES and rest


def test_a_name_is_called_by_its_whole_word_and_the_longest_name_wins() -> None:
    known = ["Анна", "Анна Седова", "Ян"]
    text = "@Анна Седова и @анна, @Аннушка, a@Ян, (@Ян) @ян."
    assert mentions.names(text, known) == ["Анна Седова", "Анна", "Ян"]
    assert [text[start:end] for start, end, _ in mentions.spans(text, known)] == ["@Анна Седова", "@анна", "@Ян", "@ян"]


@given(st.text(alphabet="@АннаЯ ß.İ", max_size=60))
def test_calls_stand_in_order_and_apart(text: str) -> None:
    last = 0
    for start, end, _ in mentions.spans(text, ["Анна", "Я"]):
        assert last <= start < end <= len(text) and text[start] == "@"
        last = end


def test_variables_are_filled_once_and_nothing_else_is_looked_at() -> None:
    values = words.Values(number="000007", name="{operator}", operator="Сергей")
    assert words.fill("{name}, № {number}: {due} {operator}", values) == "{operator}, № 000007: … Сергей"
    strange = "{number.__class__} {0} {} {{number}} {operator!r} {nobody}"
    assert words.fill(strange, values) == "{number.__class__} {0} {} {000007} {operator!r} {nobody}"
    assert words.unknown("{name} {nobody} {0} {nobody}") == ["nobody", "0"]
    assert words.first_name("Иванова Анна Петровна") == "Анна Петровна"
    assert words.first_name("ООО Ромашка") == ""


def test_the_language_of_an_answer_is_that_of_the_question() -> None:
    assert [reading.language_of(one) for one in ("Hello, no TV", "Привет, wi-fi", "123", "")] == [
        "en",
        "ru",
        "ru",
        "ru",
    ]
