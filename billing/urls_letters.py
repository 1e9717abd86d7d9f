from django.urls import path

from billing.views import letters as views

urlpatterns = [path("", views.letters, name="letters")]
