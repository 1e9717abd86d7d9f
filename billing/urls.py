from django.urls import path

from billing import views

urlpatterns = [
    path("", views.accounts, name="accounts"),
    path("<str:account_number>/", views.account, name="account"),
    path("<str:account_number>/extract/", views.account_extract, name="extract"),
    path("<str:account_number>/question/", views.ask, name="ask"),
    path("<str:account_number>/payment/", views.pay, name="pay"),
    path("<str:account_number>/promise/", views.promise, name="promise"),
    path("<str:account_number>/tariff/", views.tariff, name="tariff"),
    path("<str:account_number>/suspend/", views.suspend, name="suspend"),
    path("<str:account_number>/resume/", views.resume, name="resume"),
    path("<str:account_number>/entries/<int:pk>/reverse/", views.reverse, name="reverse"),
]
