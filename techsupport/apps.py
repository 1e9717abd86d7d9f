from django.apps import AppConfig


class TechsupportConfig(AppConfig):
    name = "techsupport"
    default_auto_field = "django.db.models.BigAutoField"
