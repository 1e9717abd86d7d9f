from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from incidents.models import DetectorSettings


class DetectorForm(forms.ModelForm[DetectorSettings]):
    class Meta:
        model = DetectorSettings
        fields = ["suspect_limit", "open_limit", "plain_rule", "plain_callers", "plain_minutes"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        suspect, certain = data.get("suspect_limit"), data.get("open_limit")
        if suspect is not None and certain is not None and suspect > certain:
            self.add_error("suspect_limit", _("Suspicion must come before certainty."))
        return data
