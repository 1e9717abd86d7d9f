"""Forms of the supervisor's editor."""

import json
import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from contacts.models import Topic
from guidance import tree
from guidance.actions.scripts import mark
from guidance.facts import KNOWN
from guidance.models import CalmingPhrase, Script
from guidance.models.walk import Leaf
from tickets.models import TICKET_DESKS

MOST_BYTES = 500_000
_LINE = re.compile(r"\s*([a-z0-9][a-z0-9_-]*)\s*:\s*(.+?)\s*(?:/\s*([^/]+?)\s*)?->\s*([a-z0-9][a-z0-9_-]*)\s*")


def _key(label: Any, help_text: Any) -> forms.RegexField:
    error = {"invalid": _("Small Latin letters, digits and dashes.")}
    return forms.RegexField(r"^[a-z0-9][a-z0-9_-]{0,39}$", label=label, help_text=help_text, error_messages=error)


def _text(label: Any, rows: int = 2, **more: Any) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, required=False, max_length=tree.LONGEST, widget=widget, **more)


class ScriptForm(forms.ModelForm[Script]):
    topics = forms.ModelMultipleChoiceField(
        label=_("Topics"),
        queryset=Topic.objects.select_related("group"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("With one of these topics the script is offered beside the call."),
    )

    class Meta:
        model = Script
        fields = ["title_ru", "title_en", "key", "topics", "is_active"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["key"].disabled = True

    def _post_clean(self) -> None:
        """The action writes and the database guards; the instance stays as it was read until then."""


class NodeForm(forms.Form):
    """One node of a draft; answers come as lines."""

    was = forms.CharField(required=False, widget=forms.HiddenInput, max_length=tree.LONGEST_KEY)
    seen = forms.CharField(required=False, widget=forms.HiddenInput, max_length=16)  # its wording that the page showed
    key = _key(_("Name of the node"), _("Answers lead to it by this name."))
    leaf = forms.ChoiceField(label=_("Kind"), required=False, choices=[("", _("A question")), *Leaf.choices])
    say = _text(_("What to say"), help_text=_("Shown in bold, to be read out."))
    ask = _text(_("What to ask"))
    why = _text(_("Why it is asked"), rows=1)
    answers = forms.CharField(
        label=_("Answers, one a line"),
        required=False,
        max_length=6_000,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
        help_text=_("name: words / words in English -> node. The first has the key 1."),
    )
    input = forms.ChoiceField(
        label=_("How it is answered"),
        required=False,
        choices=[("", _("One of the answers")), ("text", _("Typed text")), ("number", _("A typed number"))],
    )
    fact = forms.ChoiceField(label=_("The house knows it by itself"), required=False)
    who = forms.ChoiceField(
        label=_("Who asks"), choices=[("first_line", _("First line")), ("support", _("Technical support"))]
    )
    desk = forms.ChoiceField(
        label=_("Receiving desk (of a hand-over)"),
        required=False,
        choices=[("", "—"), *((one.value, one.label) for one in TICKET_DESKS)],
    )
    next = forms.CharField(
        label=_("Where the next desk goes on"), required=False, max_length=tree.LONGEST_KEY, help_text=_("A node.")
    )
    critical = forms.BooleanField(label=_("Important: may not be skipped in a hurry"), required=False)
    say_en = _text(_("What to say, in English"))
    ask_en = _text(_("What to ask, in English"))
    why_en = _text(_("Why it is asked, in English"), rows=1)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = [(code, knower.title) for code, knower in KNOWN.items()]
        self.fields["fact"].choices = [("", "—"), *known]  # type: ignore[attr-defined]

    def clean_answers(self) -> list[dict[str, str]]:
        """Lines as answers. A wrong line is named."""
        found = []
        for number, line in enumerate(self.cleaned_data["answers"].splitlines(), 1):
            if not line.strip():
                continue
            said = _LINE.fullmatch(line)
            if said is None:
                raise forms.ValidationError(_("Line %(n)d: write “yes: Да / Yes -> node”."), params={"n": number})
            key, title, english, to = said.groups()
            found.append({"key": key, "title": title, "to": to} | ({"title_en": english} if english else {}))
        if len(found) > tree.MOST_ANSWERS:
            raise forms.ValidationError(_("At most %(n)d answers."), params={"n": tree.MOST_ANSWERS})
        return found

    def node(self) -> dict[str, Any]:
        """The node as a tree holds it, without what is empty."""
        data = {
            name: value for name, value in self.cleaned_data.items() if name not in {"was", "seen", "key"} and value
        }
        if data.get("leaf"):
            data.pop("who", None)
        return data

    def again(self, nodes: dict[str, Any]) -> "NodeForm":
        """The same words over what stands in the draft now; saved once more they go in."""
        data = {name: self.data[name] for name in self.data}
        was = data.get("was", "")
        data["seen"] = mark(nodes.get(was))
        data["was"] = was if was in nodes else ""
        made = NodeForm(data)
        made.is_valid()
        return made

    @staticmethod
    def initial_of(key: str, raw: dict[str, Any]) -> dict[str, Any]:
        lines = []
        for one in raw.get("answers", ()):
            english = f" / {one['title_en']}" if one.get("title_en") else ""
            lines.append(f"{one['key']}: {one['title']}{english} -> {one['to']}")
        return {**raw, "answers": "\n".join(lines), "key": key, "was": key, "seen": mark(raw)}


class FileForm(forms.Form):
    file = forms.FileField(label=_("A script's file (JSON)"))

    def clean_file(self) -> Any:
        upload = self.cleaned_data["file"]
        if upload.size > MOST_BYTES:
            raise forms.ValidationError(_("The file is too large."))
        try:
            return json.loads(upload.read().decode())
        except (ValueError, RecursionError) as error:
            raise forms.ValidationError(_("This is no JSON: %(error)s"), params={"error": str(error)[:120]}) from error


class PhraseForm(forms.ModelForm[CalmingPhrase]):
    position = forms.IntegerField(label=_("Place in the list"), min_value=0, max_value=30_000, initial=100)

    class Meta:
        model = CalmingPhrase
        fields = ["text_ru", "text_en", "position", "is_active"]
        widgets = {"text_ru": forms.Textarea(attrs={"rows": 2}), "text_en": forms.Textarea(attrs={"rows": 2})}

    def _post_clean(self) -> None:
        """As in `ScriptForm`."""
