"""Forms of the supervisor's lists: custom fields, checklists, ticket templates."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from contacts.models import Topic
from tickets import custom_fields, lookups, words
from tickets.actions.fields import explained
from tickets.models import (
    TICKET_DESKS,
    ChecklistTemplate,
    FieldDefinition,
    FieldKind,
    TicketTemplate,
)

ANY_DESK = ("", _("All desks"))
DESKS = [(desk.value, desk.label) for desk in TICKET_DESKS]
NESTED = {FieldKind.CHOICE, FieldKind.TREE}


def _any_desk() -> forms.ChoiceField:
    return forms.ChoiceField(choices=[ANY_DESK, *DESKS], required=False, label=_("Desk"))


def _topics() -> forms.ModelMultipleChoiceField:  # type: ignore[type-arg]
    return forms.ModelMultipleChoiceField(
        queryset=Topic.objects.all(),
        required=False,
        label=_("Topics"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen: all topics."),
    )


def _position() -> forms.IntegerField:
    return forms.IntegerField(label=_("Place in the list"), min_value=0, max_value=30_000, initial=100)


class FieldForm(forms.ModelForm[FieldDefinition]):
    """A custom field; its choices come as lines."""

    key = forms.CharField(
        label=_("Key"),
        max_length=40,
        validators=FieldDefinition._meta.get_field("key").validators,
        help_text=_("Small Latin letters, digits and underscores. It stays for ever: reports and REST know it."),
    )
    options = forms.CharField(
        label=_("Choices, one a line"),
        required=False,
        max_length=40_000,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
        help_text=_("key: Russian / English. In a nested choice “- ” and “-- ” begin lower levels."),
    )
    topics = _topics()
    desk = _any_desk()
    position = _position()
    look_up = forms.ChoiceField(label=_("What it points to"), required=False)

    class Meta:
        model = FieldDefinition
        fields = [
            *("key", "label_ru", "label_en", "kind", "options", "look_up", "lowest", "highest", "help_ru", "help_en"),
            *(
                "desk",
                "topics",
                "on_arrival",
                "before_resolving",
                "before_handing_over",
                "before_visit",
                "position",
                "is_active",
            ),
        ]
        help_texts = {
            "lowest": _("Numbers only."),
            "highest": _("Numbers only."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        far = [("", "—"), *((one.code, one.title) for one in lookups.known().values())]
        self.fields["look_up"].choices = far  # type: ignore[attr-defined]
        if self.instance.pk:
            self.initial["options"] = custom_fields.lines(custom_fields.unpack(self.instance.options))
            for name in ("key", "kind"):
                self.fields[name].disabled = True
        for name in ("lowest", "highest"):
            value = getattr(self.instance, name)
            self.initial[name] = custom_fields.shortest(value) if value is not None else None

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        kind = data.get("kind")
        if kind in NESTED and "options" in data:
            try:
                parsed = custom_fields.parse(data["options"], nested=kind == FieldKind.TREE)
                data["options"] = custom_fields.pack(parsed)
            except custom_fields.Wrong as error:
                self.add_error("options", explained(error))
        else:
            data["options"] = []
        if kind == FieldKind.LOOK_UP and not data.get("look_up"):
            self.add_error("look_up", _("Choose from the list."))
        if kind != FieldKind.LOOK_UP:
            data["look_up"] = ""
        low, high = data.get("lowest"), data.get("highest")
        if low is not None and high is not None and low > high:
            self.add_error("highest", _("The greatest is below the least."))
        return data

    def _post_clean(self) -> None:
        """The action writes and the database guards; the instance stays as it was read until then."""


class ChecklistForm(forms.ModelForm[ChecklistTemplate]):
    """A checklist's template."""

    topics = _topics()
    desk = _any_desk()

    class Meta:
        model = ChecklistTemplate
        fields = ["title", "lines", "desk", "topics", "by_itself", "must_be_done", "is_active"]
        widgets = {"lines": forms.Textarea(attrs={"rows": 6})}

    def _post_clean(self) -> None:
        """As in `FieldForm`."""

    def clean_lines(self) -> str:
        lines = [" ".join(line.split()) for line in self.cleaned_data["lines"].splitlines() if line.strip()]
        if len(lines) > 50 or any(len(line) > 200 for line in lines):
            raise forms.ValidationError(_("At most 50 steps of at most 200 characters."))
        return "\n".join(lines)


class TemplateForm(forms.ModelForm[TicketTemplate]):
    """A ticket's template; values of custom fields come as lines `key: value`."""

    desk = forms.ChoiceField(choices=DESKS, label=_("Desk"))
    position = _position()
    fields_text = forms.CharField(
        label=_("Values of fields"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        help_text=_("One a line: the field's key, a colon, the value; of a choice its key."),
    )

    class Meta:
        model = TicketTemplate
        fields = ["title", "desk", "topic", "priority", "subject", "text", "checklist", "position", "is_active"]
        labels = {"subject": _("Subject")}
        widgets = {"text": forms.Textarea(attrs={"rows": 5})}
        help_texts = {"text": _("It becomes the first note. Variables: {subscriber}, {address}, {operator}, {desk}.")}

    field_order = ["title", "desk", "topic", "priority", "subject", "text", "checklist", "fields_text", "position"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        active = ChecklistTemplate.objects.filter(is_active=True)
        self.fields["checklist"].queryset = active  # type: ignore[attr-defined]
        for name in ("topic", "checklist"):
            self.fields[name].empty_label = "—"  # type: ignore[attr-defined]
        self.initial["fields_text"] = "\n".join(f"{key}: {value}" for key, value in self.instance.fields.items())

    def _post_clean(self) -> None:
        """As in `FieldForm`."""

    def clean_fields_text(self) -> dict[str, str]:
        known = {one.key: one for one in FieldDefinition.objects.filter(is_active=True)}
        values: dict[str, str] = {}
        for line in self.cleaned_data["fields_text"].splitlines():
            key, colon, typed = (part.strip() for part in line.partition(":"))
            if not line.strip():
                continue
            if not colon or key not in known:
                raise forms.ValidationError(_("There is no field “%(key)s”."), params={"key": key})
            try:
                value = custom_fields.clean(known[key].rules, typed)
            except custom_fields.Wrong as error:
                raise forms.ValidationError(f"{key}: {explained(error)}") from error
            if value:
                values[key] = value
        return values

    def values(self) -> dict[str, Any]:
        """What `actions.save_template` takes."""
        data = dict(self.cleaned_data)
        values = data.pop("fields_text")
        return {**data, "fields": values}

    def variables(self) -> tuple[str, ...]:
        return words.NAMES
