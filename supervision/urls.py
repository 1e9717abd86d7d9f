from django.urls import path

from supervision import views

urlpatterns = [
    path("", views.overview, name="overview"),
    path("detector/", views.detector, name="detector"),
]
