from django import forms
from django.utils.translation import gettext_lazy as _


class ResetForm(forms.Form):
    """What an administrator resets for somebody, and why."""

    password = forms.BooleanField(label=_("Give a new password; sessions end"), required=False, initial=True)
    second_factor = forms.BooleanField(label=_("Take the second step away: the phone is lost"), required=False)
    reason = forms.CharField(
        label=_("Why"),
        max_length=200,
        help_text=_("Make sure that it is this person who asks. The reason is kept in the history."),
    )
