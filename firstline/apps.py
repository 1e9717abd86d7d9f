from django.apps import AppConfig


class FirstlineConfig(AppConfig):
    name = "firstline"
    default_auto_field = "django.db.models.BigAutoField"
