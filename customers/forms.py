from django import forms
from django.utils.translation import gettext_lazy as _

from customers.models import Erasure
from customers.models.personal_data import LONGEST_REASON


class ErasureForm(forms.Form):
    basis = forms.ChoiceField(label=_("Legal basis"), choices=Erasure.Basis.choices)
    reason = forms.CharField(
        label=_("Reason"),
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Which request, of which date. The act will hold these words: name nobody."),
    )


class ConfirmForm(forms.Form):
    account = forms.CharField(label=_("The account, to be sure"), max_length=20, required=False)
