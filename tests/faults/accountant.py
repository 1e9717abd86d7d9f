"""An accountant at the finance process's pages, over HTTP: posts payments, and again when told that it did not work."""

import json
import threading
import time
from typing import Any

import requests
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

from tests.faults.product import Product

ANSWER_S, RETRY_S, GIVES_UP_S = 60.0, 0.2, 120.0


class Accountant:
    """Signed in with the second factor. `answers`: every status heard and the words with it; None: no answer."""

    def __init__(self, product: Product) -> None:
        demo = json.loads((product.data_dir / "demo.json").read_text())
        who = demo["users"]["accountant"]
        self.base, self.http = demo["finance_url"], requests.Session()
        self.answers: list[tuple[int | None, str]] = []
        self.http.get(f"{self.base}/login/", timeout=ANSWER_S)
        self._post("/login/", data={"login": who["username"], "password": who["password"]})
        code = format_hotp_value(hotp_value(who["totp_secret"], int(time.time() // 30)))
        entered = self._post("/login/code/", data={"code": code})
        assert entered.status_code == 302, entered.text[:500]

    def _post(self, path: str, *, data: dict[str, str], files: Any = None) -> requests.Response:
        token = next(value for name, value in self.http.cookies.items() if name.endswith("csrf"))
        return self.http.post(
            self.base + path,
            data={**data, "csrfmiddlewaretoken": token},
            files=files,
            headers={"Referer": self.base + path},
            allow_redirects=False,
            timeout=ANSWER_S,
        )

    def sends(self, path: str, *, data: dict[str, str], files: Any = None) -> int | None:
        """The status of one answer."""
        try:
            reply = self._post(path, data=data, files=files)
        except requests.RequestException:
            self.answers.append((None, ""))
            return None
        self.answers.append((reply.status_code, reply.text if reply.status_code >= 400 else ""))
        return reply.status_code

    def refusals(self) -> list[str]:
        return [words for status, words in self.answers if status == 503]


class Payments:
    """Payments of one rouble on one account, posted one after the other in a thread; each until it is acknowledged, and
    once more when the answer before was none."""

    def __init__(self, accountant: Accountant, account: str, keys: list[str], on: str) -> None:
        self.accountant, self.path, self.keys, self.on = accountant, f"/accounts/{account}/payment/", keys, on
        self.acknowledged: list[str] = []
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        deadline = time.monotonic() + GIVES_UP_S
        for key in self.keys:
            heard = self._pay(key)
            while heard != 302:
                if time.monotonic() > deadline:
                    return
                time.sleep(RETRY_S)
                heard = self._pay(key)
            self.acknowledged.append(key)
            assert self._pay(key) in {302, 503, None}

    def _pay(self, key: str) -> int | None:
        data = {"amount": "1", "book": "cash", "on": self.on, "key": key}
        return self.accountant.sends(self.path, data={f"payment-{name}": value for name, value in data.items()})

    def finish(self) -> None:
        self._thread.join(GIVES_UP_S + ANSWER_S)
        assert len(self.acknowledged) == len(self.keys), self.accountant.answers[-3:]
