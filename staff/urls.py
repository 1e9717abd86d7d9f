from django.urls import path

from staff import views

urlpatterns = [
    path("", views.home, name="home"),
    path("presence/", views.presence, name="presence"),
]
