"""The bare view: parse the body, insert one row through the ORM, answer."""

import json

from django.db import models
from django.http import HttpRequest, JsonResponse
from django.urls import path
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt


class Row(models.Model):
    at = models.DateTimeField(default=timezone.now)
    payload = models.JSONField()

    objects: models.Manager["Row"] = models.Manager()

    class Meta:
        app_label = "benchmarks"
        managed = False
        db_table = "benchmark_row"

    def __str__(self) -> str:
        return f"row {self.pk}"


@csrf_exempt
def insert(request: HttpRequest) -> JsonResponse:
    if request.method == "POST":
        Row.objects.create(payload=json.loads(request.body))
    return JsonResponse({})


urlpatterns = [path("insert", insert)]
