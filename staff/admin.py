from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from staff.models import Role, User

admin.site.unregister(Group)  # a person has one role; groups would be a second truth


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

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
