from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from contacts.models import Outcome, Topic
from knowledge import queries
from knowledge.models import Article, PlaceCard, Synonyms
from staff.models import User

_AUTO = _("Empty: made from the title.")


class _People(forms.ModelChoiceField[User]):
    def label_from_instance(self, obj: User) -> str:
        return obj.title


class ArticleForm(forms.ModelForm[Article]):
    """`version`: which one the editor had before him."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)
    topics = forms.ModelMultipleChoiceField(
        queryset=Topic.objects.all(), required=False, label=_("Topics"), widget=forms.CheckboxSelectMultiple,
        help_text=_("The first one is offered when a call is wrapped up."),
    )  # fmt: skip
    outcome = forms.ChoiceField(label=_("Outcome"), required=False, choices=[("", "—"), *Outcome.choices])
    owner = _People(
        queryset=User.objects.filter(is_active=True).order_by("last_name", "username"),
        required=False,
        label=_("Owner"),
        empty_label="—",
    )
    code = forms.CharField(
        label=_("Name in files"),
        max_length=80,
        required=False,
        validators=Article._meta.get_field("code").validators,
        help_text=_AUTO,
    )

    class Meta:
        model = Article
        fields = ("title", "spoken", "body", "audience", "state", "topics", "outcome", "owner", "expires_on", "language", "code")  # fmt: skip  # noqa: E501
        widgets = {
            "spoken": forms.Textarea(attrs={"rows": 2, "data-preview": True}),
            "body": forms.Textarea(attrs={"rows": 14, "data-preview": True}),
            "expires_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        }
        labels = {"expires_on": _("Look through by")}
        help_texts = {
            "spoken": _("One or two sentences, as one says them aloud."),
            "body": _("An empty line ends a paragraph. - a list, 1. a numbered one, **bold**, [words](address)."),
            "expires_on": _("Empty: half a year after it is published."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["version"] = self.instance.version
            self.initial["topics"] = list(self.instance.topics.all())
        chosen = [one.pk for one in self.initial.get("topics", [])]
        in_use = Q(is_active=True, group__is_active=True) | Q(pk__in=chosen)
        self.fields["topics"].queryset = Topic.objects.filter(in_use).select_related("group")  # type: ignore[attr-defined]

    def values(self) -> dict[str, Any]:
        said = dict(self.cleaned_data)
        if not said["code"]:
            del said["code"]
        expected = said.pop("version")
        return {**said, "expected": expected if self.instance.pk else None}


class PlaceForm(forms.ModelForm[PlaceCard]):
    """The house is typed as people write addresses; what is none of our houses stays words."""

    where = forms.CharField(
        label=_("Address"), max_length=200, help_text=_("A house of ours, or any address in words.")
    )
    code = forms.CharField(
        label=_("Name in files"),
        max_length=80,
        required=False,
        validators=PlaceCard._meta.get_field("code").validators,
        help_text=_AUTO,
    )

    class Meta:
        model = PlaceCard
        fields = ("kind", "title", "where", "how_to_find", "hours", "exceptions", "commission", "services", "latitude", "longitude", "topic", "code", "is_active")  # fmt: skip  # noqa: E501
        widgets = {
            "exceptions": forms.Textarea(attrs={"rows": 3}),
            "latitude": forms.NumberInput(attrs={"step": "any"}),
            "longitude": forms.NumberInput(attrs={"step": "any"}),
        }
        help_texts = {
            "hours": _("пн-пт 9-21; сб 10-18. Also: ежедневно 8-23, круглосуточно. A day not named is closed."),
            "exceptions": _("A line each: 31.12.2026 9-15 short day, or 01.01.2027 выходной."),
            "latitude": _("Only where it is not the house's own place."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["where"] = self.instance.where
        else:
            self.initial["topic"] = Topic.objects.filter(code="payment_terminal").first()

    def _get_validation_exclusions(self) -> set[str]:
        """The point is judged by the action, whose words say what to do; the constraint's name would not."""
        return {*super()._get_validation_exclusions(), "latitude", "longitude"}  # type: ignore[misc]

    def values(self) -> dict[str, Any]:
        said = dict(self.cleaned_data)
        where = said.pop("where")
        building = queries.house_at(where)
        if not said["code"]:
            del said["code"]
        return {**said, "building": building, "address": "" if building else where}


class SynonymsForm(forms.ModelForm[Synonyms]):
    class Meta:
        model = Synonyms
        fields = ("phrases", "is_active")
        help_texts = {"phrases": _("With commas: терминал, где оплатить, банкомат")}


class ManyFiles(forms.FileInput):
    allow_multiple_selected = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """One of them is enough for the field: the view takes them all."""
        return files.get(name)


class FilesForm(forms.Form):
    uploads = forms.FileField(
        label=_("Files"),
        widget=ManyFiles(attrs={"accept": ".md,.txt,.csv,.zip"}),
        help_text=_("Articles (.md, .txt), places (.csv), or a .zip of them."),
    )
    dry_run = forms.BooleanField(
        label=_("Only check: say what would change, keep nothing"), required=False, initial=True
    )
