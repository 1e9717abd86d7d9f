from messaging.models import FakeGateway


def set_mood(*, mood: str) -> None:
    """Let the fake gateway deliver, be away or refuse. Only for the demo and for tests."""
    FakeGateway.objects.update_or_create(pk=1, defaults={"mood": FakeGateway.Mood(mood)})
