from django.urls import path

from billing.views import handed as views

urlpatterns = [
    path("", views.handed, name="handed"),
    path("<str:number>/take/", views.take, name="take"),
    path("<str:number>/return/", views.give_back, name="return"),
]
