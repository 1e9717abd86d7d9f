"""How long an answer is looked for while a caller waits.

python -m benchmarks.knowledge [--sizes 500,5000] [--rounds 8]

The demo's content, and as many articles more as a size asks for, their words shuffled from the same vocabulary. Each
phrase is looked for by `knowledge.search.find` as an operator, with a caller's house; each kind of phrase costs other
statements. Beside it, in the same run, one indexed SELECT: the floor of a question to this database.
"""

import argparse
import os
import random
import statistics
import time
from collections.abc import Callable

from benchmarks import copy

SIZES, ROUNDS = (500, 5_000), 8
TARGET_MS = 50.0
PHRASES = {
    "exact": ["обещанный платёж", "перезагрузить роутер", "сменить тариф", "нет сигнала", "где оплатить"],
    "ending": ["обещанного платежа", "перезагрузка роутера", "смена тарифов", "нету сигнала", "оплачивать"],
    "prefix": ["терм", "опл", "роут", "обещ", "канал"],
    "typo": ["обищанный платеж", "рутер", "интеренет", "тарив", "пристафка"],
    "layout": ["hjenth", "nthvbyfk", "gkfnt;", "rfyfks"],
    "nothing": ["щупальца кальмара", "ъъщщ", "квантовый зонтик"],
}


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--sizes", default=",".join(map(str, SIZES)))
    asked.add_argument("--rounds", type=int, default=ROUNDS)
    options = asked.parse_args()
    with copy.servers():
        copy.load_town(200)
        import django

        django.setup()
        for size in (int(one) for one in options.sizes.split(",")):
            _fill(size)
            _measure(size, options.rounds)


def _fill(size: int) -> None:
    """Up to `size` articles."""
    from django.db import connection

    from knowledge.actions.common import learn
    from knowledge.models import Article

    some, seed = list(Article.objects.filter(language="ru").defer("vector")), random.Random(size)
    vocabulary = sorted({word for one in some for word in f"{one.title} {one.body}".split() if len(word) > 3})

    def words(number: int) -> str:
        return " ".join(seed.choice(vocabulary) for _ in range(number))

    fresh = [
        Article(
            code=f"filled-{size}-{n}",
            title=words(5)[:200],
            spoken=words(18)[:400],
            body=words(120),
            language="ru",
            audience="operators",
            state="published",
            expires_on="2099-01-01",
            version=1,
        )
        for n in range(size - Article.objects.count())
    ]
    Article.objects.bulk_create(fresh, batch_size=500)
    learn(*(one.title for one in fresh))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE knowledge_article")


def _measure(size: int, rounds: int) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from knowledge import search
    from network.models import Building
    from staff.models import Role, User

    olga = User.objects.filter(role=Role.OPERATOR)[0]
    house = Building.objects.exclude(latitude=None).select_related("street")[0]
    floor = statistics.median(_times(lambda: Building.objects.get(pk=house.pk), 50))
    print(f"\n{size:,} articles; one indexed SELECT {floor:.2f} ms; load {os.getloadavg()[0]:.1f}")
    print(f"{'':10}{'p50 ms':>8}{'p95':>8}{'x floor':>9}{'SQL':>5}{'found':>7}  target p95 < {TARGET_MS:.0f} ms")
    for kind, phrases in PHRASES.items():
        taken: list[float] = []
        found = most = 0
        for phrase in phrases:
            with CaptureQueriesContext(connection) as seen:
                found += bool(search.find(olga, phrase, building=house).hits)
            most = max(most, len(seen))
            taken += _times(lambda phrase=phrase: search.find(olga, phrase, building=house), rounds)  # type: ignore[misc]
        p50, p95 = statistics.median(taken), copy.quantile(taken, 0.95)
        verdict = "met" if p95 < TARGET_MS else "MISSED"
        print(f"{kind:10}{p50:8.1f}{p95:8.1f}{p50 / floor:9.1f}{most:5}{found:4}/{len(phrases)}  {verdict}")


def _times(deed: Callable[[], object], rounds: int) -> list[float]:
    """Milliseconds of each."""
    taken = []
    for _ in range(rounds):
        began = time.perf_counter()
        deed()
        taken.append(1000 * (time.perf_counter() - began))
    return taken


if __name__ == "__main__":
    main()
