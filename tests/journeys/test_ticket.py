"""A day of a ticket, in the browsers of those who work on it."""

import json
from collections.abc import Callable
from typing import Any

import requests
from playwright.sync_api import expect

from tests.faults.product import Product
from tests.journeys.desk import PATIENCE_MS, Desk, Pbx, inside

_WRITE = """
from messaging import actions
actions.receive(channel="phone", address={phone!r}, text={text!r}, key={key!r})
"""


def writes(product: Product, phone: str, text: str, key: str) -> None:
    """The subscriber sends an SMS, as his operator's gateway would hand it in."""
    inside(product, _WRITE.format(phone=phone, text=text, key=key))


def opened(product: Product, pbx: Pbx, phone: str, subject: str) -> str:
    """A ticket of the support's desk for whoever has this number."""
    demo = json.loads((product.data_dir / "demo.json").read_text())
    subscriber = pbx.ask("SELECT subscriber_id FROM customers_phone WHERE number = %s", phone)[0][0]
    reply = requests.post(
        f"{demo['base_url']}/api/v1/tickets/",
        json={"desk": "support", "subject": subject, "subscriber": subscriber},
        headers={"Authorization": f"Token {demo['api_keys']['admin']}"},
        timeout=10,
    )
    reply.raise_for_status()
    made: dict[str, Any] = reply.json()
    return str(made["number"])


def field(one: Desk) -> Any:
    return one.page.locator("[data-composer] form:visible [data-text]")


def test_a_day_of_a_ticket(desk: Callable[..., Desk], pbx: Pbx, product: Product) -> None:
    phone = pbx.lonely_phone()
    number = opened(product, pbx, phone, "Пропадает интернет")
    path = f"/tickets/{number}/"
    sergey = desk("support", path)
    sergey.press("F2")
    sergey.sees("В работе", "#ticket")

    writes(product, phone, "Добрый день! Опять нет сети", f"{number}-1")
    sergey.sees("Опять нет сети", "#ticket .talk")
    assert sergey.was_not_reloaded()

    # A note that calls a colleague; it survives a reload half-written.
    sergey.press("n")
    expect(field(sergey)).to_be_focused()
    sergey.page.keyboard.type("@Вер")
    sergey.sees("Вера", "#completion")
    sergey.press("Enter")
    sergey.page.keyboard.type("посмотрите порт")
    sergey.sees("Черновик сохранён", "#note-saved")
    sergey.go(path)
    assert "посмотрите порт" in field(sergey).input_value()
    sergey.press("F4")
    sergey.sees("посмотрите порт", ".talk .entry.note")
    expect(field(sergey)).to_have_value("", timeout=PATIENCE_MS)
    vera = desk("supervisor", "/tickets/mentions/")
    vera.sees("посмотрите порт", "#mentions")

    # A ready-made text, by keys alone.
    sergey.press("a")
    expect(field(sergey)).to_be_focused()
    sergey.page.keyboard.type("/роут")
    sergey.sees("Перезагрузить роутер", "#completion")
    sergey.press("Enter")
    assert "выключите роутер" in field(sergey).input_value()
    sergey.press("F4")
    sergey.sees("выключите роутер", ".talk .entry.out")
    expect(field(sergey)).to_have_value("", timeout=PATIENCE_MS)

    writes(product, phone, "Помогло, спасибо!", f"{number}-2")
    sergey.sees("Помогло, спасибо!", ".talk .entry.in")
    assert not sergey.barriers()
    sergey.press("Escape")
    sergey.press("r")
    sergey.push("Решена", ".deeds")
    sergey.sees("Решена", "#ticket .tag")
    assert sergey.was_not_reloaded()


def test_two_people_on_one_ticket_see_each_other_and_nothing_is_written_over_a_newer_message(
    desk: Callable[..., Desk], pbx: Pbx, product: Product
) -> None:
    phone = pbx.lonely_phone()
    number = opened(product, pbx, phone, "Не показывает ТВ")
    path = f"/tickets/{number}/"
    writes(product, phone, "Каналы рассыпаются", f"{number}-1")
    sergey, vera = desk("support", path), desk("supervisor", path)
    sergey.sees("Вера", "#viewers")
    vera.sees("тоже здесь", "#viewers")
    field(vera).fill("Сейчас проверим приставку")
    sergey.sees("пишет ответ", "#viewers")

    field(sergey).fill("Пришлю мастера")
    sergey.sees("Черновик сохранён", "#reply-saved")
    vera.press("F4")
    vera.sees("Сейчас проверим приставку", ".talk .entry.out")
    sergey.sees("Пока вы писали, пришло сообщение", "#newer")
    expect(field(sergey)).to_have_value("Пришлю мастера")
    sergey.press("F4")
    sergey.page.wait_for_timeout(500)
    assert pbx.ask("SELECT count(*) FROM messaging_message WHERE text = 'Пришлю мастера'") == [(0,)]
    sergey.push("Всё равно отправить", "#newer")
    sergey.sees("Пришлю мастера", ".talk .entry.out")
    sergey.go("/tickets/")
    expect(vera.page.locator("#viewers .viewer")).to_have_count(0, timeout=PATIENCE_MS)
    # The refusal of a reply over a newer message is an answer that the browser remarks on.
    sergey.complaints = [one for one in sergey.complaints if "409" not in one]


def test_what_is_typed_without_a_connection_is_kept_and_saved_later(
    desk: Callable[..., Desk], pbx: Pbx, product: Product
) -> None:
    number = opened(product, pbx, pbx.lonely_phone(), "Нет связи")
    sergey = desk("support", f"/tickets/{number}/")
    sergey.press("n")
    expect(field(sergey)).to_be_focused()
    sergey.context.set_offline(True)
    sergey.page.keyboard.type("Пишу в тоннеле")
    sergey.sees("Не сохранено: нет связи", "#note-saved")
    sergey.context.set_offline(False)
    sergey.sees("Черновик сохранён", "#note-saved")
    pbx.until("SELECT 1 FROM tickets_draft WHERE text = 'Пишу в тоннеле'")
    offline = ("ERR_INTERNET_DISCONNECTED", "Failed to fetch")
    sergey.complaints = [one for one in sergey.complaints if not any(words in one for words in offline)]


def test_a_file_is_put_and_taken_off_before_it_is_sent(desk: Callable[..., Desk], pbx: Pbx, product: Product) -> None:
    number = opened(product, pbx, pbx.lonely_phone(), "С файлом")
    sergey = desk("support", f"/tickets/{number}/")
    sergey.press("n")
    for name in ("first.txt", "second.txt"):
        sergey.page.locator("#note-files").set_input_files(
            {"name": name, "mimeType": "text/plain", "buffer": name.encode()}
        )
        sergey.sees(name, "#note-list")
    sergey.page.get_by_role("button", name="Убрать first.txt").click()
    sergey.misses("first.txt", "#note-list")
    sergey.press("F4")
    sergey.sees("second.txt", ".talk .entry.note")
    expect(sergey.page.locator("#note-list li")).to_have_count(0, timeout=PATIENCE_MS)


def test_a_repeated_ticket_is_merged_by_keys_and_the_mistake_undone(
    desk: Callable[..., Desk], pbx: Pbx, product: Product
) -> None:
    phone = pbx.lonely_phone()
    first, second = (opened(product, pbx, phone, f"Обрыв связи {n}") for n in "12")
    sergey, vera = desk("support", f"/tickets/{second}/"), desk("supervisor", f"/tickets/{first}/")
    sergey.press("m")
    sergey.sees(f"№ {first}", "main")
    assert not sergey.barriers()
    sergey.page.locator(f"button[value='{first}']").click()
    sergey.sees("В течение часа это можно отменить")
    sergey.settles()
    sergey.sees(f"№ {second}", ".kin")
    vera.sees(f"№ {second}", ".kin")  # whoever looks at it sees it come
    assert vera.was_not_reloaded()
    # It was another matter after all.
    vera.push("Вернуть", ".kin")
    vera.misses(f"№ {second}", ".kin")
    sergey.misses(f"№ {second}", ".kin")
    sergey.go(f"/tickets/{second}/")
    sergey.sees("Новая", "#ticket .tag")
    assert not sergey.barriers()


def test_a_common_cause_is_answered_once_for_all(desk: Callable[..., Desk], pbx: Pbx, product: Product) -> None:
    cause, *inside = (opened(product, pbx, pbx.lonely_phone(), f"Нет сигнала {n}") for n in range(4))
    sergey = desk("support", f"/tickets/{cause}/children/")
    sergey.page.get_by_label("Заявки №").fill(", ".join(inside))
    sergey.push("Добавить")
    sergey.sees("не решено 3 из 3")
    assert not sergey.barriers()
    sergey.settles()
    sergey.page.get_by_label("Ответ каждому абоненту").fill("{name}, сигнал восстановлен.")
    sergey.page.get_by_label("Итог").select_option(label="Решено удалённо")
    sergey.press("F4")
    sergey.sees("готово 3 из 3")
    sergey.sees("Ответ разослан")
    for number in (cause, *inside):
        assert pbx.until("SELECT 1 FROM tickets_ticket WHERE number = %s AND status = 'resolved'", number)


def test_many_are_closed_at_once_and_opened_again(desk: Callable[..., Desk], pbx: Pbx, product: Product) -> None:
    numbers = [opened(product, pbx, pbx.lonely_phone(), "Плановые работы завершены") for _ in range(5)]
    sergey = desk("support", "/tickets/?q=Плановые работы завершены")
    for number in numbers:
        sergey.page.locator(f"input[name=n][value='{number}']").check()
    sergey.press("d")
    sergey.push("Решить")
    sergey.page.get_by_label("Итог").select_option(label="Решено удалённо")
    sergey.page.get_by_label("Слова").fill("Работы закончены")
    sergey.press("F4")
    sergey.sees("Готово: 5, отказано: 0")
    assert not sergey.barriers()
    assert pbx.ask("SELECT count(*) FROM tickets_ticket WHERE resolution = 'Работы закончены'") == [(5,)]
    sergey.push("Открыть снова")
    sergey.sees("Готово: 5, отказано: 0")
    sql = "SELECT count(*) FROM tickets_ticket WHERE number = ANY(%s) AND status = 'new'"
    assert pbx.ask(sql, numbers) == [(5,)]
