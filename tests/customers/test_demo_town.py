import io
import json
import re
from collections import Counter
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from customers import demo_town
from customers.models import Phone, Subscriber
from network.models import Building, Node, NodeKind, Premise


@pytest.fixture(scope="module")
def small() -> demo_town.Town:
    return demo_town.generate(6_000, seed=1)


def test_the_same_seed_makes_the_same_town_and_another_seed_another(small: demo_town.Town) -> None:
    assert demo_town.generate(6_000, seed=1) == small
    assert demo_town.generate(6_000, seed=2) != small


def test_the_town_is_the_same_whoever_subscribes(small: demo_town.Town) -> None:
    assert demo_town.generate(60_000, seed=1).network == small.network


def test_it_has_the_shape_of_the_real_one(small: demo_town.Town) -> None:
    network = small.network
    kinds = Counter(node.kind for node in network.nodes)
    assert (kinds["core"], kinds["aggregation"], len(network.buildings)) == (3, 38, 1_500)
    assert set(Counter(building.node for building in network.buildings).values()) <= set(range(35, 46))
    flats = sorted(building.premises_count or 0 for building in network.buildings)
    assert flats[0] >= 4
    assert flats[-1] == 400
    assert flats[750] < sum(flats) / 1_500, "heavy-tailed: the mean is above the median"
    assert all(59.65 < (b.latitude or 0) < 59.79 and 30.25 < (b.longitude or 0) < 30.57 for b in network.buildings)
    assert len({(b.street, b.street_kind, b.house) for b in network.buildings}) == 1_500


def test_each_switch_feeds_a_block_of_flats_side_by_side(small: demo_town.Town) -> None:
    order: dict[tuple[str, str, str], list[str]] = {}
    for premise in small.network.premises:
        place = (premise.street, premise.street_kind, premise.house)
        order.setdefault(place, []).append(premise.switch or "")
    for switches in order.values():
        assert switches == sorted(switches)
        assert 1 <= len(set(switches)) <= 4


def test_people_have_true_names_and_invented_phones(small: demo_town.Town) -> None:
    women = [s.name for s in small.customers.subscribers if s.name.endswith("на")]
    men = [s.name for s in small.customers.subscribers if s.name.endswith("ич")]
    assert len(women) + len(men) == 6_000
    assert not [name for name in women if re.match(r"\S+(ов|ев|ёв|ин|ский|ой) ", name)]
    assert not [name for name in men if re.match(r"\S+(ова|ева|ёва|ина|ская|ая) ", name)]
    assert all(re.fullmatch(r"\+7900\d{7}", phone.number) for phone in small.customers.phones)


def test_some_share_a_phone_some_have_two_and_some_none(small: demo_town.Town) -> None:
    by_number = Counter(phone.number for phone in small.customers.phones)
    by_account = Counter(phone.account for phone in small.customers.phones)
    assert 50 < sum(count > 1 for count in by_number.values()) < 400
    assert 500 < sum(count == 2 for count in by_account.values()) < 1_200
    assert 20 < 6_000 - len(by_account) < 300


@pytest.mark.parametrize("count", [0, -1, 60_001])
def test_a_town_of_no_size_is_refused(count: int) -> None:
    with pytest.raises(ValueError, match="from 1 to 60000"):
        demo_town.generate(count)


@pytest.mark.django_db
def test_the_command_fills_an_empty_system_once(settings, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path
    call_command("demo", subscribers=300, stdout=io.StringIO())

    assert (Building.objects.count(), Subscriber.objects.count()) == (1_500, 300)
    assert Node.objects.filter(kind=NodeKind.AGGREGATION).count() == 38
    assert not Premise.objects.filter(switch=None).exists()
    assert Phone.objects.exists()
    file = tmp_path / "demo.json"
    assert file.stat().st_mode & 0o777 == 0o600
    assert "operator" in json.loads(file.read_text())["users"]

    with pytest.raises(CommandError, match=r"empty system|пуст"):
        call_command("demo", subscribers=300, stdout=io.StringIO())
    assert Subscriber.objects.count() == 300
