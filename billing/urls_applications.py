from django.urls import path

from billing.views import applications as views

urlpatterns = [
    path("", views.register, name="register"),
    path("<int:pk>/", views.application, name="application"),
    path("<int:pk>/paper.pdf", views.paper, name="paper"),
    path("<int:pk>/link/", views.link, name="link"),
    path("<int:pk>/pages/", views.attach, name="attach"),
    path("<int:pk>/sign/", views.sign, name="sign"),
    path("<int:pk>/answer/", views.answer, name="answer"),
    path("<int:pk>/pages/<int:page>/", views.scan, name="scan"),
    path("scan/<str:token>/", views.phone, name="phone"),
]
