from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from incidents.detection.sensitivity import STEPS, USUAL
from incidents.models import DetectorSettings

CUSTOM = "custom"
NAMES: dict[str, Promise] = {
    "calm": _("Calm"),
    "careful": _("Careful"),
    "balanced": _("Balanced"),
    "watchful": _("Watchful"),
    "keen": _("Keen"),
}


class DetectorForm(forms.ModelForm[DetectorSettings]):
    """A named step, or limits of one's own; and the plain rule beside them."""

    sensitivity = forms.ChoiceField(
        label=_("Sensitivity"),
        choices=[*((step, NAMES[step]) for step in STEPS), (CUSTOM, _("Own limits"))],
        widget=forms.RadioSelect,
    )

    class Meta:
        model = DetectorSettings
        fields = ["suspect_limit", "open_limit", "plain_rule", "plain_callers", "plain_minutes"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("suspect_limit", "open_limit"):
            self.fields[name].required = False
        limits = self.instance.suspect_limit, self.instance.open_limit
        same = (name for name, step in STEPS.items() if (step.suspect_limit, step.open_limit) == limits)
        self.fields["sensitivity"].initial = next(same, CUSTOM)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        step = STEPS.get(data.pop("sensitivity", ""))
        if step is not None:
            data["suspect_limit"], data["open_limit"] = step.suspect_limit, step.open_limit
            return data
        for name in ("suspect_limit", "open_limit"):
            if data.get(name) is None and name not in self.errors:
                self.add_error(name, _("Own limits need both numbers."))
        suspect, certain = data.get("suspect_limit"), data.get("open_limit")
        if suspect is not None and certain is not None and suspect > certain:
            self.add_error("suspect_limit", _("Suspicion must come before certainty."))
        return data

    @property
    def steps(self) -> list[dict[str, Any]]:
        """What the page shows beside each step: its name and what was measured for it."""
        return [
            {"value": name, "title": NAMES[name], "measured": step.measured, "is_usual": name == USUAL}
            for name, step in STEPS.items()
        ]
