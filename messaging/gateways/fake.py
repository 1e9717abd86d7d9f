"""Keeps what a subscriber would have received, secrets aside; the demo page shows it and spoils the fake's mood."""

from messaging.gateways import OutgoingMessage, Refused, Unreachable
from messaging.models import FakeGateway, FakeMessage


class Fake:
    def send(self, message: OutgoingMessage, /) -> str:
        mood = FakeGateway.objects.values_list("mood", flat=True).first()
        if mood == FakeGateway.Mood.AWAY:
            raise Unreachable("away")
        if mood == FakeGateway.Mood.REFUSES:
            raise Refused("refused")
        if message.secret:
            return f"fake-{message.key}"
        kept, _ = FakeMessage.objects.get_or_create(
            key=message.key,
            defaults=dict(
                channel=message.channel, address=message.address, text=message.text, files=len(message.files)
            ),
        )
        return f"fake-{kept.pk}"
