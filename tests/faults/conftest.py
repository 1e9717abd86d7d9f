from collections.abc import Iterator

import pytest

from tests.faults.product import Product


@pytest.fixture(scope="package")
def product() -> Iterator[Product]:
    one = Product()
    try:
        one.begin()
        yield one
    finally:
        one.discard()
