from typing import Any

from allauth.account.admin import EmailAddress
from allauth.account.decorators import secure_admin_login
from allauth.mfa.admin import Authenticator
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from common import clock
from staff.models import ApiKey, Role, User, hash_key

admin.site.site_header = admin.site.site_title = _("Administration")
admin.site.unregister(Group)  # a person has one role; groups would be a second truth
# A second factor is taken away with a reason (`staff.actions.reset_sign_in`), and its secret is nobody's to read.
admin.site.unregister([EmailAddress, Authenticator])
# One door: it asks for the second factor and counts the guesses.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]


def _own_password(request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
    return redirect("account_change_password")


admin.site.password_change = _own_password  # type: ignore[method-assign,assignment]


@admin.register(User)
class StaffAdmin(UserAdmin[User]):
    """Take people on, change what they do, let them go. Nobody is deleted: history names them."""

    list_display = ("username", "title", "role", "extension", "is_active")
    list_filter = ("role", "is_active")
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        (_("Person"), {"fields": ("first_name", "last_name", "role", "extension", "is_active")}),
    )
    add_fieldsets = (
        (
            None,
            {"fields": ("username", "usable_password", "password1", "password2", "role", "first_name", "last_name")},
        ),
    )
    filter_horizontal = ()

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """The role alone decides who may open these pages."""
        obj.is_staff = obj.is_superuser = obj.role == Role.ADMIN
        super().save_model(request, obj, form, change)

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:
        """Somebody else's password is reset in one place, with a reason."""
        return redirect("staff:reset_sign_in", user_id=id)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(ApiKey)
class ApiKeyAdmin(admin.ModelAdmin[ApiKey]):
    """Keys for other people's systems: each acts as its user, is shown once and can be revoked."""

    list_display = ("name", "user", "created_at", "used", "revoked_at")
    fields = ("name", "user")
    actions = ("revoke",)

    def save_model(self, request: HttpRequest, obj: ApiKey, form: Any, change: bool) -> None:
        if change:
            return super().save_model(request, obj, form, change)
        key = ApiKey.generate()
        obj.hash = hash_key(key)
        super().save_model(request, obj, form, change)
        text = gettext("The key of %(name)s: %(key)s. Copy it now: it is not shown again.")
        messages.warning(request, text % {"name": obj.name, "key": key})
        return None

    @admin.display(description=_("Last used"), ordering="used_at")
    def used(self, key: ApiKey) -> str:
        """A key that nobody uses is one to revoke."""
        return f"{timezone.localtime(key.used_at):%d.%m.%Y %H:%M}" if key.used_at else gettext("never")

    @admin.action(description=_("Revoke: the key stops working"))
    def revoke(self, request: HttpRequest, queryset: QuerySet[ApiKey]) -> None:
        queryset.filter(revoked_at=None).update(revoked_at=clock.now())

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
