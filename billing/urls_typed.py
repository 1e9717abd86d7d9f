from django.urls import path

from billing.views import typed as views

urlpatterns = [path("", views.again, name="again")]
