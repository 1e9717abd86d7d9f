from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.template import Context, Template
from django.urls import path

from contactcenter.urls import urlpatterns as product
from staff.access import StaffRequest, needs
from tickets import permissions
from tickets.models import Ticket

_PAGE = Template("<!doctype html><title>{{ ticket.number }}</title><h1>{{ ticket.subject }}</h1>{{ user.title }}")


@needs(permissions.READ)
def floor(request: StaffRequest, number: str) -> HttpResponse:
    ticket = get_object_or_404(Ticket, number=number)
    return HttpResponse(_PAGE.render(Context({"ticket": ticket, "user": request.user})))


urlpatterns = [path("floor/<str:number>/", floor), *product]
