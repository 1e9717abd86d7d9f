from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from incidents.models import Incident
from network.models import Building, Node

_MOMENT = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


class IncidentForm(forms.ModelForm[Incident]):
    """What callers are told, and by when."""

    class Meta:
        model = Incident
        fields = ["public_text", "eta", "next_update_at"]
        labels = {
            "public_text": _("What we tell callers"),
            "eta": _("Service back by"),
            "next_update_at": _("Next news by"),
        }
        widgets = {
            "public_text": forms.Textarea(attrs={"rows": 3}),
            "eta": _MOMENT,
            "next_update_at": _MOMENT,
        }


class WorksForm(forms.Form):
    """Announced works: where, when, what to say."""

    node = forms.ModelChoiceField(
        label=_("Node or switch"), queryset=Node.objects.none(), required=False, empty_label=_("Chosen houses only")
    )
    houses = forms.CharField(
        label=_("Houses"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("One address a line, for example “Оранжерейная 21”."),
    )
    starts_at = forms.DateTimeField(label=_("Start"), widget=_MOMENT)
    ends_at = forms.DateTimeField(label=_("End"), widget=_MOMENT)
    text = forms.CharField(
        label=_("What to tell subscribers"), widget=forms.Textarea(attrs={"rows": 2}), max_length=500
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["node"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Node.objects.filter(kind="aggregation").order_by("title")

    def clean_houses(self) -> list[Building]:
        """Exactly one building for each line; several or none is said by line."""
        found = []
        for line in filter(None, map(str.strip, self.cleaned_data["houses"].splitlines())):
            matches = list(Building.objects.search(line).select_related("street")[:5])
            exact = [b for b in matches if line.replace(" ", "").lower().endswith(b.house.lower())]
            if len(matches) == 1:
                found += matches
            elif len(exact) == 1:
                found += exact
            else:
                titles = "; ".join(b.title for b in matches)
                raise forms.ValidationError(
                    _("“%(line)s”: several houses fit: %(titles)s.") if matches else _("“%(line)s”: no such house."),
                    params={"line": line, "titles": titles},
                )
        return found

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("node") and not data.get("houses") and "houses" not in self.errors:
            self.add_error("houses", _("Choose a node or name the houses."))
        return data
