from django.urls import path

from billing import views

urlpatterns = [
    path("", views.accounts, name="accounts"),
    path("<str:account_number>/", views.account, name="account"),
    path("<str:account_number>/suspend/", views.suspend, name="suspend"),
    path("<str:account_number>/resume/", views.resume, name="resume"),
]
