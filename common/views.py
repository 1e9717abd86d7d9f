from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "403.html", status=403)


def gallery(request: HttpRequest) -> HttpResponse:
    return render(request, "ui/gallery.html")
